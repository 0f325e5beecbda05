// SPDX-License-Identifier: Apache-2.0
#pragma once
// The C++17/20 layer over mesh/plugin.h: include this one. Nothing in it crosses the boundary: it
// is compiled into the plugin, so it may change between SDK releases. A whole role:
//
//   struct greeter : mesh::role {
//       mesh::digest<std::int64_t> seen{*this, "seen"};
//       void start() override {
//           keep(peers([this](auto&) { seen = std::int64_t(peer_count()); }));
//       }
//   };
//   MESH_PLUGIN(greeter, "greeter", "1.0.0", "Example", "counts its peers");
#include <mesh/digest.hpp>
#include <mesh/entry.hpp>
#include <mesh/fds.hpp>
#include <mesh/gossip.hpp>
#include <mesh/health.hpp>
#include <mesh/identity.hpp>
#include <mesh/messages.hpp>
#include <mesh/metrics.hpp>
#include <mesh/plugin.h>
#include <mesh/role.hpp>
#include <mesh/state.hpp>
#include <mesh/streams.hpp>
#include <mesh/trace.hpp>
#include <mesh/values.hpp>
#include <mesh/workers.hpp>
