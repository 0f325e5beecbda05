// SPDX-License-Identifier: Apache-2.0
import { createRoot } from "react-dom/client";
import { App } from "./app";
import "./styles/tokens.css";
import "./styles/base.css";
import { applyTheme } from "./ui/prefs";

applyTheme();
createRoot(document.getElementById("root")!).render(<App />);
