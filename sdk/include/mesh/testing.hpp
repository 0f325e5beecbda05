// SPDX-License-Identifier: Apache-2.0
#pragma once
// A fake host: unit tests of a plugin without a daemon, without threads and without waiting.
//
//   #include <mesh/testing.hpp>
//
//   mesh::testing::fake_host host(mesh_plugin_entry(MESH_ABI_VERSION));
//   host.set_config("limit", 5);
//   host.create();
//   host.start();
//   const auto alice = host.add_peer("alice", "broker");
//   host.advance(std::chrono::seconds(10));                 // timers fire, in order, now
//   host.message_from(alice, "words", "to be or not to be");
//   host.run();                                             // until nothing is left to deliver
//   assert(host.digest("words") == mesh::testing::value(6u));
//   host.stop();
//   assert(host.leaks().empty() && host.violations().empty());
//
// All fifteen tables of mesh/plugin.h, over one struct. Time stands still between two advance().
// Nothing happens behind the test's back: events wait until run(), advance(), or the next step of
// the life. connect(a, b) makes a mesh of two fake hosts, and of more.
//
// `meshhost --check` runs a plugin against the same tables. C++17, the standard library only; for
// tests of plugins in any language that can be linked.
#include <mesh/testing/all_tables.hpp>
#include <mesh/testing/fake_host.hpp>
