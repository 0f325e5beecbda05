// SPDX-License-Identifier: Apache-2.0
export default function View() {
  return <div className="page"><h1>telemetry</h1></div>;
}
