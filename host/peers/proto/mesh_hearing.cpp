// SPDX-License-Identifier: Apache-2.0
// What mesh_talk makes of what others broadcast, and of records that a comparison brings. Whatever
// can be dropped for its number is dropped before anybody looks at a signature.
#include "peers/proto/errc.hpp"
#include "peers/proto/mesh_talk.hpp"

#include <algorithm>
#include <variant>

namespace meshhost::peers::proto {

using identity::endpoint_id;

void mesh_talk::receive(bytes_view content, time_point now) {
    const auto message = read_mesh_message(content);
    if (!message) return;
    if (const auto* const announced = std::get_if<announced_record>(&*message)) {
        ++counts_.records_heard;
        counts_.record_bytes_heard += content.size();
        hear_record(announced->record, now);
    } else if (const auto* const delta = std::get_if<digest_delta>(&*message)) {
        ++counts_.deltas_heard;
        counts_.delta_bytes_heard += content.size();
        hear_delta(*delta, content, now);
    } else {
        ++counts_.losses_heard;
        counts_.loss_bytes_heard += content.size();
        if (const auto* const loss = std::get_if<announced_loss>(&*message)) hear_loss(*loss, now);
        if (const auto* const query = std::get_if<announced_query>(&*message))
            hear_doubt(*query, now);
    }
}

void mesh_talk::hear_record(bytes_view record, time_point now) {
    const auto origin = origin_of_news(record);
    if (!origin || !may_verify(now) || !accept(record, now)) return;
    ++counts_.records_taken;
    hear_shelved(*origin, now);
}

/// One that is ours cannot be applied: what we hold of ourselves is newer, or of another start, and
/// then a comparison brings the record. The base of others' may be behind it, on another branch.
void mesh_talk::hear_delta(const digest_delta& delta, bytes_view content, time_point now) {
    const peer_entry* const known = registry_.find(delta.origin);
    if (!is_news(delta.origin, delta.version)) return;
    const bool has_base = known != nullptr && known->digest
                          && known->digest->incarnation == delta.version.incarnation
                          && known->digest->sequence >= delta.base;
    if (!has_base) {
        ++counts_.deltas_without_base;
        shelf_.put(delta, content);
        catch_up(now);
        return;
    }
    if (!may_verify(now)) return;
    const auto record = apply_delta(known->record, delta);
    if (!record) ++counts_.records_refused;
    if (record && accept(*record, now)) ++counts_.deltas_applied;
}

/// There is a newer record of the origin: perhaps the one that a delta waited for.
void mesh_talk::hear_shelved(const endpoint_id& origin, time_point now) {
    const auto content = shelf_.take(origin);
    if (!content) return;
    const auto message = read_mesh_message(*content);
    const auto* const delta = message ? std::get_if<digest_delta>(&*message) : nullptr;
    if (delta != nullptr) hear_delta(*delta, *content, now);
}

void mesh_talk::hear_loss(const announced_loss& loss, time_point now) {
    if (loss.report.subject == key_.id()) return hear_doubt(loss, now);
    if (!judge_.wants(loss.report) || !may_verify(now)) return;
    if (verifier_.is_genuine(loss))
        judge_.take_report(loss.report, now);
    else
        ++counts_.losses_forged;
}

/// Of this node: whoever says so, a newer record is the answer.
template <class Announced>
void mesh_talk::hear_doubt(const Announced& announced, time_point now) {
    if (!is_doubt(announced.report) || !may_verify(now)) return;
    if (verifier_.is_genuine(announced))
        contradict(now);
    else
        ++counts_.losses_forged;
}

bool mesh_talk::take_record(bytes_view record, time_point now) {
    const auto origin = origin_of_news(record);
    if (!origin || !accept(record, now)) return false;
    hear_shelved(*origin, now);
    return true;
}

bool mesh_talk::may_verify(time_point now) {
    if (verifications_.take(now)) return true;
    ++counts_.unverified;
    return false;
}

/// By what it says of itself: only a newer one is worth the look at its signature.
std::optional<endpoint_id> mesh_talk::origin_of_news(bytes_view record) {
    const bool is_sized = record.size() >= signature_size && record.size() <= record_size_max;
    const bytes_view body = is_sized ? record.first(record.size() - signature_size) : bytes_view{};
    const auto origin = digest_origin(body);
    const auto number = digest_number(body);
    if (origin && number) return is_news(*origin, *number) ? std::optional(*origin) : std::nullopt;
    ++counts_.records_refused;
    return std::nullopt;
}

/// A number from the future is no clock's business: it orders the records of one origin, and only
/// its key can make one. But one above what anybody reaches could never be overruled.
bool mesh_talk::is_news(const identity::endpoint_id& origin, const digest_version& number) {
    if (number.incarnation > number_max || number.sequence > number_max) {
        ++counts_.records_future;
        return false;
    }
    const peer_entry* const known = registry_.find(origin);
    const bool is_ours = origin == key_.id();
    const bool is_first = !is_ours && (known == nullptr || !known->digest);
    const bool is_newer =
        is_first || number > (is_ours ? self_.digest().number() : known->digest->number());
    const bool is_known =
        !is_first && number == (is_ours ? self_.digest().number() : known->digest->number());
    if (!is_newer && !is_known) ++counts_.records_stale;
    return is_newer;
}

/// An origin pays for what it signed: nobody else can spend what its connection lives by.
bool mesh_talk::accept(bytes_view record, time_point now) {
    const auto digest = verifier_.open(record);
    if (!digest || digest->mesh != self_.digest().mesh) {
        const bool is_forged = !digest && digest.error() == errc::bad_signature;
        ++(is_forged ? counts_.records_forged : counts_.records_refused);
        return false;
    }
    if (digest->origin == key_.id()) {
        if (self_.overrule(digest->number())) announcer_.doubted();
        return false;
    }
    // That somebody left is no news to whom it never was there.
    if (digest->state == node_state::left && registry_.find(digest->origin) == nullptr)
        return false;
    if (!registry_.take_token(digest->origin, now, digest->meters.has_value())) {
        ++counts_.records_excess;
        return false;
    }
    const auto verdict = registry_.offer(*digest, record, peer_registry::source::mesh, now);
    if (verdict != peer_registry::verdict::newest) return false;
    judge_.refute(digest->origin, digest->number());
    return true;
}

/// Somebody has a record that we lack: a neighbour should know. At a bounded pace, since anybody
/// can pretend so.
void mesh_talk::catch_up(time_point now) {
    const time_point soon = now + jittered(options_.catch_up_wait);
    sync_at_ = std::min(sync_at_, std::max(soon, synced_at_ + options_.catch_up_gap));
}

}  // namespace meshhost::peers::proto
