// SPDX-License-Identifier: Apache-2.0
// Role by role: which versions run where, and whether they are well. A version that is not the usual one stands out.
import type { MeshPlugins } from "../api/types";
import { compareText } from "../model/derive";
import { plural, safeName } from "../model/format";
import { useVisible } from "../model/view";
import { Failed, NothingMatches, Waiting } from "../ui/empty";
import { ExportCsv } from "../ui/export-menu";
import { useAsked } from "../ui/use-asked";
import { PluginTable } from "./plugin-table";
import css from "./plugins.module.css";

type Told = MeshPlugins["nodes"][number];

export default function Plugins() {
  const { data, error, again } = useAsked<MeshPlugins>("plugins", 5000);
  const { state, ids, filter, total } = useVisible();
  const nodes = (data?.nodes ?? []).filter((node) => (state.nodes.has(node.id) ? ids.has(node.id) : filter.empty));
  nodes.sort((a, b) => compareText(a.name, b.name));
  const roles = byRole(nodes);
  const silent = nodes.filter((node) => node.plugins === null);
  return (
    <div className="page">
      <header>
        <h1>Plugins</h1>
        {data && (
          <span className="muted">
            {plural(roles.length, "role")} on {plural(nodes.length - silent.length, "node")}
          </span>
        )}
        <span className="spacer" />
        <ExportCsv file="plugins.csv" rows={() => table(nodes)} />
      </header>
      {error && <Failed error={error} again={again} />}
      {!data && !error && <Waiting what="Asking for the plugins" />}
      {data && nodes.length === 0 && total > 0 && !filter.empty && <NothingMatches total={total} />}
      {roles.map(({ role, told, versions, common }) => (
        <section key={role} className={css.role}>
          <h2>
            <bdi>{safeName(role, 40)}</bdi>
            <span>
              {plural(told.length, "node")} ·{" "}
              {versions.length === 1
                ? `version ${safeName(versions[0], 20)} everywhere`
                : `versions ${versions.map((one) => safeName(one, 20)).join(", ")}`}
            </span>
          </h2>
          <PluginTable nodes={told} common={versions.length > 1 ? common : null} />
        </section>
      ))}
      {silent.length > 0 && (
        <section className={css.role}>
          <h2>Not heard</h2>
          <PluginTable nodes={silent} />
        </section>
      )}
      {data && roles.length === 0 && silent.length === 0 && nodes.length > 0 && (
        <p className="note">No node runs a plugin.</p>
      )}
    </div>
  );
}

function byRole(nodes: readonly Told[]) {
  const roles = new Map<string, Told[]>();
  for (const node of nodes)
    for (const plugin of node.plugins ?? []) {
      const role = plugin.role ?? plugin.instance;
      const list = roles.get(role) ?? [];
      if (list.at(-1)?.id === node.id) list.at(-1)!.plugins!.push(plugin);
      else list.push({ ...node, plugins: [plugin] });
      roles.set(role, list);
    }
  return [...roles]
    .map(([role, told]) => {
      const tally = new Map<string, number>();
      for (const { version } of told.flatMap((node) => node.plugins ?? []))
        tally.set(version ?? "–", (tally.get(version ?? "–") ?? 0) + 1);
      const versions = [...tally.keys()].sort(compareText);
      const common = [...tally].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
      return { role, told, versions, common };
    })
    .sort((a, b) => compareText(a.role, b.role));
}

const COLUMNS = [
  "instance",
  "role",
  "version",
  "abi",
  "state",
  "health",
  "health_reason",
  "error",
  "isolation",
] as const;
const COUNTS = ["restarts", "slow_calls", "refused_calls"] as const;

function table(nodes: readonly Told[]): unknown[][] {
  const rows = nodes.flatMap(({ id, name, plugins, error }) =>
    plugins === null
      ? [[id, name, error]]
      : plugins.map((plugin) => [id, name, null, ...[...COLUMNS, ...COUNTS].map((key) => plugin[key])]),
  );
  return [["id", "node", "not heard", ...COLUMNS, ...COUNTS], ...rows];
}
