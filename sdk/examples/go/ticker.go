// SPDX-License-Identifier: Apache-2.0

// The role "ticker" in Go: counts seconds in the digest, and answers at a message port.
package main

// #include "calls.h"
// #include <stdlib.h>
import "C"

import (
	"runtime/cgo"
	"unsafe"
)

const (
	tagTick = 1
	tagEcho = 2
)

type ticker struct {
	host    *C.mesh_host
	timer   *C.mesh_timer_v1
	digest  *C.mesh_digest_v1
	message *C.mesh_message_v1 // may be nil
	tick    C.mesh_handle
	echo    C.mesh_handle
	ticks   C.uint64_t
}

func extension(host *C.mesh_host, id string) unsafe.Pointer {
	text := C.CString(id)
	defer C.free(unsafe.Pointer(text))
	return unsafe.Pointer(C.get_extension(host, text))
}

// What C holds of a ticker is memory of its own, in which a handle of Go's lies.
func of(instance unsafe.Pointer) *ticker {
	return (*(*cgo.Handle)(instance)).Value().(*ticker)
}

// No panic may unwind into the host.
func guard(status *C.mesh_status) {
	if recover() != nil {
		*status = C.MESH_E_PANIC
	}
}

//export ticker_create
func ticker_create(host *C.mesh_host, out *unsafe.Pointer) (status C.mesh_status) {
	defer guard(&status)
	made := &ticker{
		host:    host,
		timer:   (*C.mesh_timer_v1)(extension(host, "mesh.timer/1")),
		digest:  (*C.mesh_digest_v1)(extension(host, "mesh.digest/1")),
		message: (*C.mesh_message_v1)(extension(host, "mesh.message/1")),
	}
	if status = C.declare_keys(host, made.digest); status < 0 {
		return status
	}
	*out = C.malloc(C.size_t(unsafe.Sizeof(cgo.Handle(0))))
	*(*cgo.Handle)(*out) = cgo.NewHandle(made)
	return C.MESH_OK
}

//export ticker_start
func ticker_start(instance unsafe.Pointer) (status C.mesh_status) {
	defer guard(&status)
	t := of(instance)
	if status = C.set_language(t.host, t.digest); status < 0 {
		return status
	}
	config := (*C.mesh_config_v1)(extension(t.host, "mesh.config/1"))
	period := C.get_period_ms(t.host, config) * 1000000
	if status = C.start_timer(t.host, t.timer, C.mesh_ns(period), tagTick, &t.tick); status < 0 {
		return status
	}
	return C.serve_echo(t.host, t.message, tagEcho, &t.echo)
}

//export ticker_on_event
func ticker_on_event(instance unsafe.Pointer, event *C.mesh_event) (status C.mesh_status) {
	defer guard(&status)
	t := of(instance)
	switch {
	case event.kind == C.MESH_EV_TIMER && event.tag == tagTick:
		t.ticks++
		return C.set_ticks(t.host, t.digest, t.ticks)
	case event.kind == C.MESH_EV_MESSAGE && event.tag == tagEcho:
		return C.answer(t.host, t.message, (*C.mesh_ev_message)(unsafe.Pointer(event)))
	}
	return C.MESH_OK
}

//export ticker_stop
func ticker_stop(instance unsafe.Pointer) (status C.mesh_status) {
	defer guard(&status)
	t := of(instance)
	if t.tick != 0 {
		C.cancel_timer(t.host, t.timer, t.tick)
	}
	if t.echo != 0 {
		C.unserve_echo(t.host, t.message, t.echo)
	}
	t.tick, t.echo = 0, 0
	return C.MESH_OK
}

//export ticker_destroy
func ticker_destroy(instance unsafe.Pointer) {
	(*(*cgo.Handle)(instance)).Delete()
	C.free(instance)
}

func main() {}
