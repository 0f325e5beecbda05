// SPDX-License-Identifier: Apache-2.0
// Says changes aloud, politely, and at most once in five seconds: what happened meanwhile is said together.
import { useEffect, useState } from "react";
import { useStore } from "../model/store";
import { news } from "../model/summary";

const EVERY_MS = 5000;

export function Announcer() {
  const [text, setText] = useState("");
  useEffect(() => {
    let told = useStore.getState().state;
    const timer = setInterval(() => {
      const { state } = useStore.getState();
      const said = told.seq === null ? null : news(told, state);
      told = state;
      if (said) setText(said);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="only-read" role="status" aria-live="polite">
      {text}
    </div>
  );
}
