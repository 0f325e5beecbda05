// SPDX-License-Identifier: Apache-2.0
import { Link, useSearch } from "wouter";
import { withShared } from "../ui/url";

export default function Traces() {
  const search = useSearch();
  return (
    <div className="page" tabIndex={0}>
      <h1>Traces</h1>
      <div className="note">
        <p>
          <b>This version records no traces of messages yet.</b> How one message travels from host to host cannot be
          shown.
        </p>
        <p>
          What it does record is how each host starts: see the{" "}
          <Link href={withShared("/boot", search)}>Boot Waterfall</Link>. A host sends the spans of its starts to a
          collector of OpenTelemetry if its configuration names one; see{" "}
          <Link href={withShared("/telemetry", search)}>Telemetry</Link>.
        </p>
      </div>
    </div>
  );
}
