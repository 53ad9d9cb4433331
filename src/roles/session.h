/* SPDX-License-Identifier: MIT */
/* session.h: what every session has: the pure half of one connection.
 *
 * A session takes bytes and gives bytes, events and wishes (encrypt, close, wait). It does no I/O, so
 * a test, a fuzzer, a replay and a socket drive the very same code. The desk (desk.h) is the half
 * with the socket.
 *
 * What stays true:
 *  - a session's state has one writer, gpo_session_take(), which takes an edge of its machine and
 *    records it as an `edge` event;
 *  - a session that must wait (gate, disk, lookup, handshake) is *pending*: it takes no further input
 *    until gpo_session_resume(). There is no other way to wait;
 *  - every line in and out is recorded as a `line` event before it is acted on or sent. A connection
 *    between two hosts of one office is one session with one number, and its server's end records
 *    the lines; a client's end records them only when the server is not ours (`witness`).
 *
 * A protocol's session embeds GpoSession as its first member and gives a GpoSessionClass. */
#pragma once
#include "protocol/machine.h"
#include "trace/log.h"

G_BEGIN_DECLS

typedef struct GpoSession GpoSession;
typedef struct GpoGate GpoGate;

typedef enum
{
  GPO_PENDING_NONE,
  GPO_PENDING_GATE,   /* a command or reply is held */
  GPO_PENDING_STORE,  /* the disk */
  GPO_PENDING_LOOKUP, /* a name */
  GPO_PENDING_TLS,    /* the handshake */
  GPO_PENDING_OUTPUT  /* the peer does not read: output is over its mark */
} GpoPending;

typedef struct
{
  /* Acts on one unit of input (a line, a piece of data) and consumes it. Returns FALSE when the
   * bytes at hand do not make a whole unit. Called while the session is neither pending nor closing. */
  gboolean (*take) (GpoSession *session);
  /* The peer was silent for session->timeout_ms. */
  void (*timed_out) (GpoSession *session);
  /* The TLS handshake ended; error is NULL if it went well. The session is not pending any more. */
  void (*secured) (GpoSession *session, const char *description, const GError *error);
  /* The connection is gone (by the peer or by an error); nothing can be sent any more. */
  void (*lost) (GpoSession *session, const char *why);
  /* The office is stopping: say goodbye once what is under way is finished. */
  void (*shutdown) (GpoSession *session);
  /* There is room for output again, or it is this session's turn (it was pending OUTPUT): produce more. NULL:
   * the session is simply not pending any more. */
  void (*drained) (GpoSession *session);
  void (*free) (GpoSession *session);
} GpoSessionClass;

/* Output above this many unsent bytes makes gpo_session_has_room() say no. */
#define GPO_OUTPUT_MARK (256 * 1024)

struct GpoSession
{
  const GpoSessionClass *class;
  const GpoMachine *machine;
  guint8 state; /* written by gpo_session_take() only */

  GpoLog *log;
  GpoSymbol host; /* whose end this is */
  guint32 number; /* the connection's number in the trace */
  guint32 letter; /* the letter this session is about now, 0 if none */
  GpoProtocol protocol;
  gboolean client;  /* the client's end */
  gboolean witness; /* records lines and data */
  gboolean tls;     /* encrypted */
  gboolean partial; /* what came last was only more of an unfinished unit */
  gboolean ahead;   /* the client's line that is recorded next has more behind it already (RFC 2920) */
  guint64 cause;    /* number of the last `line` event, the cause of edges that follow */

  /* wishes, read by the desk after every call */
  GString *out; /* bytes to send */
  GpoPending pending;
  gboolean wants_tls; /* begin the handshake once `out` is sent; the session is pending TLS */
  gboolean streams;   /* has more to send as soon as there is room: the desk calls `drained` then */
  gboolean closing;   /* close once `out` is sent */
  guint timeout_ms;   /* silence allowed; 0: any */

  GpoGate *gate; /* NULL: nothing is held */
  gsize unsent;  /* told by the desk: bytes handed over and not on the wire yet */
  void (*changed) (GpoSession *session,
                   gpointer data); /* the desk: wishes changed outside a call of its own */
  gpointer changed_data;

  /*< private >*/
  const char *in; /* bytes at hand */
  gsize in_length;
  GString *kept; /* bytes kept for the next call; NULL while there are none */
  GString *held_reply;
  GpoSymbol held_verb; /* what it answers */
  gboolean refused;    /* the reply let go last was made a refusal: -ERR */
  gboolean running;
  gboolean skip_line; /* the rest of an over-long line is thrown away */
};

/* Fills a zeroed session. `log` outlives it. */
void gpo_session_init (GpoSession *session, const GpoSessionClass *class, const GpoMachine *machine,
                       GpoLog *log, GpoSymbol host, guint32 number, GpoProtocol protocol);
/* Calls class->free, which calls gpo_session_finish() and frees the struct. */
void gpo_session_free (GpoSession *session);
void gpo_session_finish (GpoSession *session);

/* --- called by the desk --- */

/* Bytes came; the session acts on all whole units and keeps the rest. A pending session keeps
 * everything (the desk should have stopped reading). */
void gpo_session_receive (GpoSession *session, const char *bytes, gsize n);
/* What the session waited for is there: it goes on with the input kept. */
void gpo_session_resume (GpoSession *session);

/* --- called by protocols --- */

/* The bytes at hand, and using up n of them. */
gsize gpo_session_peek (GpoSession *session, const char **bytes);
void gpo_session_consume (GpoSession *session, gsize n);
/* Throws away everything received so far (plaintext behind STARTTLS); returns how much it was. */
gsize gpo_session_discard (GpoSession *session);

typedef enum
{
  GPO_ENDING_CRLF,
  GPO_ENDING_LF,
  GPO_ENDING_NONE
} GpoEnding;
typedef enum
{
  GPO_LINE_NONE,
  GPO_LINE_WHOLE,
  GPO_LINE_TOO_LONG
} GpoLineResult;
typedef struct
{
  const char *text; /* without its ending; valid until it is consumed; may hold any byte */
  gsize length;
  gsize with_ending; /* what to consume */
  GpoEnding ending;
} GpoLine;

/* Finds the next line at hand, not longer than `limit` bytes with its ending. A longer one is given
 * once as TOO_LONG with its first `limit` bytes; its rest is skipped by itself. Does not consume. */
GpoLineResult gpo_session_line (GpoSession *session, gsize limit, GpoLine *line);

/* Records a line (with ending) as a `line` event, sets session->cause, and returns the event's
 * number. `verb` and `code` may be 0. Does nothing but return session->cause if not witness. */
guint64 gpo_session_record_line (GpoSession *session, gboolean from_client, const char *text, gsize length,
                                 GpoEnding ending, GpoSymbol verb, int code);
/* Records bytes of a letter or literal at `offset`; see gpo_log_append_data(). */
void gpo_session_record_data (GpoSession *session, gboolean from_client, const char *bytes, gsize n,
                              goffset offset, gboolean recorded);
/* Begins an event of this session: head fields are filled, `cause` is added when there is one. */
void gpo_session_event (GpoSession *session, GpoEventBuilder *b, GpoKind kind);

/* Sends `text` (without ending; may have several lines separated by \n) as one reply or command:
 * each line is recorded and gets CRLF. The gate may hold it: then the session is pending. */
void gpo_session_send (GpoSession *session, const char *text, GpoSymbol verb, int code);

/* Takes the edge for (state, input, verdict): the one writer of state. Records an `edge` event with
 * the fields `extra` has gathered (may be NULL; begun with gpo_session_event (…, GPO_KIND_EDGE)),
 * and returns the row. `reply` is the first line actually sent, or NULL. */
const GpoEdge *gpo_session_take (GpoSession *session, guint8 input, GpoVerdict verdict, int code,
                                 const char *reply, GpoEventBuilder *extra);

/* Whether more output may be produced now. */
gboolean gpo_session_has_room (const GpoSession *session);
/* Tells the desk that wishes changed (after a callback from elsewhere). */
void gpo_session_changed (GpoSession *session);

/* --- the gate --- */

typedef enum
{
  GPO_GATE_PASS,  /* go on */
  GPO_GATE_HOLD,  /* wait: the gate calls gpo_session_resume() or gpo_session_release_reply() later */
  GPO_GATE_REPLY, /* do not execute: send *reply instead */
  GPO_GATE_DROP   /* drop the connection */
} GpoGateAnswer;

struct GpoGate
{
  gboolean holding; /* the office is held: time-outs of our own stand still */
  /* A line from the peer was recorded as `event` and is about to be acted on. Called again after a
   * HOLD was resumed, then it must not hold the same event again. */
  GpoGateAnswer (*command) (GpoGate *gate, GpoSession *session, guint64 event, char **reply);
  /* A reply is about to be sent. */
  GpoGateAnswer (*reply) (GpoGate *gate, GpoSession *session, const char *text, int code, char **other);
  /* The session goes, held or not. May be NULL. */
  void (*gone) (GpoGate *gate, GpoSession *session);
};

/* Asks the gate about the line recorded as `event`; PASS where there is no gate. After HOLD the
 * session is pending and `take` must return FALSE without consuming the line. */
GpoGateAnswer gpo_session_ask (GpoSession *session, guint64 event, char **reply);
/* Lets a held reply go, with other words if `edited` is not NULL (the true text stays in the trace). */
void gpo_session_release_reply (GpoSession *session, const char *edited);

G_END_DECLS
