// SPDX-License-Identifier: Apache-2.0
import { Monitor, Moon, Sun } from "lucide-react";
import { setTheme, type Theme, useTheme } from "./prefs";

const NEXT: Record<Theme, Theme> = { auto: "dark", dark: "light", light: "auto" };
const ICON = { auto: Monitor, dark: Moon, light: Sun };

export function ThemeButton() {
  const theme = useTheme();
  const Icon = ICON[theme];
  return (
    <button
      type="button"
      className="plain"
      onClick={() => setTheme(NEXT[theme])}
      aria-label={`Theme: ${theme}`}
      title={`Theme: ${theme}`}
    >
      <Icon size={15} aria-hidden="true" />
    </button>
  );
}
