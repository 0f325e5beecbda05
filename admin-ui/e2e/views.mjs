// SPDX-License-Identifier: Apache-2.0
/** Every view, with an address that has something in it. */
export async function views(page) {
  const ask = (what) => page.evaluate((to) => fetch(`/api/v1/${to}`).then((answer) => answer.json()), what);
  const snapshot = (await ask("snapshot")).data;
  const node = snapshot.nodes.find((one) => one.tier === "leaf" && one.state === "alive") ?? snapshot.nodes[0];
  const booted = (await ask("boots")).data.nodes.find((one) => one.boot);
  const at = new Date(Date.parse(snapshot.now) - 3000).toISOString();
  const list = {
    topology: "/",
    role: "/?layout=role",
    network: "/?layout=network",
    force: "/?layout=force",
    selected: `/?sel=${node.id}`,
    path: `/?sel=${snapshot.edges[0].id}`,
    nodes: "/nodes",
    node: `/nodes/${node.id}`,
    neighbours: `/nodes/${node.id}?tab=neighbours`,
    resources: `/nodes/${node.id}?tab=resources`,
    "node-boot": `/nodes/${node.id}?tab=boot`,
    "node-events": `/nodes/${node.id}?tab=events`,
    "node-plugins": `/nodes/${node.id}?tab=plugins`,
    raw: `/nodes/${node.id}?tab=raw`,
    paths: "/paths",
    boot: `/boot?open=${booted.id}`,
    compare: `/boot/${booted.id}/${booted.boot.id}?vs=median`,
    events: "/events",
    traces: "/traces",
    plugins: "/plugins",
    telemetry: "/telemetry",
    help: "/help",
    nothing: "/nodes?q=name:nobody",
    past: `/?at=${at}`,
    lost: "/no/such/view",
  };
  if (snapshot.mesh.lab) {
    list.lab = "/lab";
    const sent = await page.evaluate(() =>
      fetch("/api/v1/traces", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }).then(
        (answer) => answer.json(),
      ),
    );
    await page.waitForTimeout(800);
    list.trace = `/traces/${sent.data.trace}`;
  }
  return list;
}
