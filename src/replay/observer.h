/* SPDX-License-Identifier: MIT */
/* observer.h: what was said on a wire, by two strangers, becomes a trace with states and envelopes.
 *
 * An observer sees the bytes of both sides of a connection and nothing else. It cuts them into lines and
 * data, follows the server's table (protocol/machine.h) and infers each verdict from the reply. So a capture,
 * a proxy and a record made by another program give the same events as a server of ours would have written:
 * connect, line, data, edge, envelope, letter, auth, tls, close.
 *
 *     bytes of either side → gpo_observed_frame: one unit → line or data → the protocol's follower
 *          → what was asked waits → the reply's first line → verdict → edge
 *
 * What stays true:
 *  - a unit that cannot be cut yet, because its meaning depends on a reply (what follows DATA, AUTH, a
 * literal that waits), waits for that reply;
 *  - a step that the table has is an edge with its `spec`; a step that it does not have (another server may
 *    allow more than ours) is an edge with a `reason` and without `spec`, and the state follows the server;
 *  - what is encrypted is counted and marked, and nothing is said about it;
 *  - any bytes in any order are taken; nothing is invented where the record has a gap.
 *
 * Two witnesses: given only what can be seen of a trace of ours, it reaches the edges that the server
 * recorded (tests/unit/replay/test-observer.c).
 *
 * Pure: no I/O. The time of events is that of the log's clock. One thread: the log's writer. */
#pragma once
#include "trace/log.h"

G_BEGIN_DECLS

typedef struct GpoObserver GpoObserver;
typedef struct GpoObserved GpoObserved;

/* Watches connections and writes what it sees to `log`, which outlives it. Letters are numbered from 1 on. */
GpoObserver *gpo_observer_new (GpoLog *log);
/* … or as `next` says, for a log in which others number letters too. */
void gpo_observer_set_numbers (GpoObserver *observer, guint32 (*next) (gpointer data), gpointer data);
/* All its connections must be gone. */
void gpo_observer_free (GpoObserver *observer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoObserver, gpo_observer_free)

/* What the first bytes of both sides (either may be empty) sound like; NONE: nothing we know, or not yet. */
GpoProtocol gpo_protocol_guess (const char *server, gsize n_server, const char *client, gsize n_client);
/* What is usually spoken at this port (25, 143, 110 …, and an office's 11025); NONE: anything. */
GpoProtocol gpo_protocol_of_port (guint16 port);

/* What a server is called whose own name is not known: its address, and the port if that tells no protocol. The
 * caller frees. */
char *gpo_observer_host_name (const char *address, guint16 port);

/* A connection that begins now. `protocol` is not NONE; `host`: the server's, may be 0. Records nothing yet.
 */
GpoObserved *gpo_observed_new (GpoObserver *observer, GpoProtocol protocol, GpoSymbol host, guint32 session);
void gpo_observed_free (GpoObserved *observed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoObserved, gpo_observed_free)

/* Records that it was made; addresses as "127.0.0.1:25". `who` calls: NULL: a stranger. */
void gpo_observed_connected (GpoObserved *observed, const char *from, const char *to, const char *who);
/* The record begins in the middle: the state is guessed from the first command that is understood. */
void gpo_observed_begin_late (GpoObserved *observed);

/* The next n bytes of one side, cut anywhere. */
void gpo_observed_receive (GpoObserved *observed, gboolean from_client, const char *bytes, gsize n);
/* n bytes of that side are missing. What was asked is forgotten, and the next whole line begins anew. */
void gpo_observed_gap (GpoObserved *observed, gboolean from_client, guint64 n);
/* The handshake of TLS is over and what follows is in the clear for us; not called for what is opaque. */
void gpo_observed_secured (GpoObserved *observed, gboolean good);
/* Records `tls`, for who takes part in the handshake: as `description` says, or it failed for this reason. */
void gpo_observed_told_tls (GpoObserved *observed, const char *description, const char *reason);
/* Records a `note` about this connection. */
void gpo_observed_note (GpoObserved *observed, const char *words);
/* The connection has ended; the server's side first? Records what follows from it, and no `close`. */
void gpo_observed_end (GpoObserved *observed, gboolean server_first);
/* Records `close`. */
void gpo_observed_closed (GpoObserved *observed, const char *result, const char *reason);

/* --- unit by unit, for a proxy that acts on each, and for records that are cut already --- */

typedef enum
{
  GPO_UNIT_NONE,  /* more bytes are needed */
  GPO_UNIT_WAIT,  /* what these bytes are depends on a reply that has not come */
  GPO_UNIT_LINE,  /* a line with its ending (or the first part of one that is far too long) */
  GPO_UNIT_DATA,  /* bytes of a letter or literal */
  GPO_UNIT_OPAQUE /* encrypted, or compressed */
} GpoUnit;

/* Finds the next unit at the front of `bytes`; *length is how many it has. Takes nothing. */
GpoUnit gpo_observed_frame (GpoObserved *observed, gboolean from_client, const char *bytes, gsize n,
                            gsize *length);
/* Takes a unit that was found so, records it, and follows what it means. Returns the number of its event. */
guint64 gpo_observed_unit (GpoObserved *observed, gboolean from_client, GpoUnit unit, const char *bytes,
                           gsize n);

/* The same for a record that is cut into lines and data already, such as a trace. */
guint64 gpo_observed_line (GpoObserved *observed, gboolean from_client, const char *text, gsize n);
/* `bytes` NULL: the record has them elsewhere (docs/trace-format.md, `data`). */
guint64 gpo_observed_data (GpoObserved *observed, gboolean from_client, const char *bytes, gsize n);
void gpo_observed_opaque (GpoObserved *observed, gboolean from_client, gsize n);

/* How many commands wait for their reply. */
guint gpo_observed_n_asked (const GpoObserved *observed);
/* Whether the client's next line goes on with the command before it (behind a literal). */
gboolean gpo_observed_goes_on (const GpoObserved *observed);
/* The state of the server's machine by name. */
const char *gpo_observed_state (const GpoObserved *observed);
GpoProtocol gpo_observed_protocol (const GpoObserved *observed);
/* Whether the connection is over, encrypted, or otherwise beyond what can be followed. */
gboolean gpo_observed_is_opaque (const GpoObserved *observed);

G_END_DECLS
