// SPDX-License-Identifier: Apache-2.0
import { simulate, type Task } from "./force";

addEventListener("message", (event: MessageEvent<Task>) => postMessage(simulate(event.data)));
