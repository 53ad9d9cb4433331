/* SPDX-License-Identifier: MIT */
/* live-call.h: a connection to a live server for who wants to wait: lines in, bytes out, with deadlines.
 *
 * It runs a main context of its own while it waits, so the caller's thread stands still and nothing of the
 * caller's is called meanwhile. */
#pragma once
#include "wire/connection.h"

G_BEGIN_DECLS

typedef struct GpoLiveCall GpoLiveCall;

/* Calls; with `implicit_tls` the handshake comes first. NULL and `error` (G_IO_ERROR) if nobody answers in
 * time. `tls` may be NULL (then gpo_live_call_secure() fails); it is referenced. */
GpoLiveCall *gpo_live_call_new (const char *address, guint16 port, GpoTls *tls, gboolean implicit_tls,
                                guint timeout_ms, GError **error);
/* Hangs up. */
void gpo_live_call_free (GpoLiveCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoLiveCall, gpo_live_call_free)

/* Sends; bytes for a server that is gone are dropped. */
void gpo_live_call_send (GpoLiveCall *call, gconstpointer bytes, gsize n);
/* Replaces `line` by the next line with its ending, or by what is left before the end. FALSE with `error`
 * (G_IO_ERROR_TIMED_OUT) when there is none in time; FALSE without one when the server has hung up. */
gboolean gpo_live_call_line (GpoLiveCall *call, GString *line, guint timeout_ms, GError **error);
/* Drops the next n bytes. As above. */
gboolean gpo_live_call_skip (GpoLiveCall *call, gsize n, guint timeout_ms, GError **error);
/* The handshake. FALSE and `error` if it fails, or if the server said something behind its consent. */
gboolean gpo_live_call_secure (GpoLiveCall *call, guint timeout_ms, GError **error);

G_END_DECLS
