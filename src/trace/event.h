/* SPDX-License-Identifier: MIT */
/* event.h: one thing that happened.
 *
 * An event is a kind, a time, a host, a session, a letter and some named fields. It says what
 * happened; no reader has to infer it. The in-memory shape is compact (32 bytes and its fields) and
 * maps one to one on a line of a trace file (docs/trace-format.md).
 *
 * A field's value is a number, a truth value, a symbol (a word from a small fixed set, kept once), a
 * text (any bytes) or, only from files of newer versions, raw JSON that is kept as it came. An event
 * has each field at most once.
 *
 * Events live in a GpoLog and never move; fields are read with the functions below. Thread-safe to
 * read once published. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* X(NAME, "word"). docs/trace-format.md says what each kind means and which fields it has. */
#define GPO_KINDS(X)                                                                                 \
  X (UNKNOWN, "unknown")   /* a kind this version does not know; its word is in field `kind` */      \
  X (OFFICE, "office")     /* the office started, stopped, or described itself (hosts, people) */    \
  X (CONNECT, "connect")   /* a connection was made: session, protocol, from, to */                  \
  X (LINE, "line")         /* bytes of one line on the wire, with their ending */                    \
  X (DATA, "data")         /* bytes of a letter or literal on the wire */                            \
  X (EDGE, "edge")         /* one row of one machine was taken */                                    \
  X (ENVELOPE, "envelope") /* the envelope changed: reverse-path, forward-path added, cleared */     \
  X (LETTER, "letter")     /* a letter became whole: its sizes, header fields, what was added */     \
  X (LOOKUP, "lookup")     /* a question to the zone and its answer */                               \
  X (TLS, "tls")           /* a TLS session began or failed */                                       \
  X (AUTH, "auth")         /* a person logged in or was refused */                                   \
  X (QUEUE, "queue")       /* a letter's place in a queue changed */                                 \
  X (MAILBOX, "mailbox")   /* a mailbox changed: delivered, flags, expunged */                       \
  X (HOLD, "hold")         /* the gate held or released a line */                                    \
  X (FAULT, "fault")       /* a fault rule acted */                                                  \
  X (CLOCK, "clock")       /* the office's clock changed pace or jumped */                           \
  X (NOTE, "note")         /* words for the reader */                                                \
  X (LAB, "lab")           /* a lab's step, check or answer */                                       \
  X (CLOSE, "close")       /* a connection ended, and why */

typedef enum {
#define X(name, word) GPO_KIND_##name,
  GPO_KINDS (X)
#undef X
  GPO_N_KINDS
} GpoKind;

#define GPO_PROTOCOLS(X) X (NONE, "") X (SMTP, "smtp") X (IMAP, "imap") X (POP3, "pop3")
typedef enum {
#define X(name, word) GPO_PROTOCOL_##name,
  GPO_PROTOCOLS (X)
#undef X
  GPO_N_PROTOCOLS
} GpoProtocol;

/* The names fields have in files and filters. X(NAME, "word"). Names that only a newer version
 * knows get numbers from GPO_N_FIELDS on (gpo_field_intern()). Append at the end only. */
#define GPO_FIELDS(X)                                                                                \
  X (KIND, "kind")            /* only on events of unknown kind */                                   \
  X (FROM, "from")            /* edge: state before; line/data: client or server; connect: address */\
  X (TO, "to")                /* edge: state after; connect: address */                              \
  X (TEXT, "text")            /* line, data: the bytes; note: the words */                           \
  X (MACHINE, "machine")      /* edge: the machine's name */                                         \
  X (VERB, "verb")            /* the command or input: "RCPT", "FETCH" */                            \
  X (VERDICT, "verdict")      /* edge: what the handler decided */                                   \
  X (CODE, "code")            /* SMTP reply code */                                                  \
  X (STATUS, "status")        /* enhanced status code "2.1.5"; IMAP OK, NO, BAD; POP3 +OK, -ERR */   \
  X (REPLY, "reply")          /* edge: the first line of the reply as sent, without ending */        \
  X (SPEC, "spec")            /* "RFC 5321 §4.1.1.3" */                                              \
  X (CAUSE, "cause")          /* number of the event that led to this one */                         \
  X (SENDER, "sender")        /* reverse-path, without angle brackets; "" is the null reverse-path */\
  X (RECIPIENT, "recipient")  /* forward-path */                                                     \
  X (ACTION, "action")        /* what was done: "to", "clear", "deliver", "expunge", "hold" … */     \
  X (ENDING, "ending")        /* line: "crlf", "lf" (bare), "none" (cut) */                          \
  X (OFFSET, "offset")        /* data: where in the letter these bytes begin */                      \
  X (LENGTH, "length")        /* data: how many bytes */                                             \
  X (SIZE, "size")            /* bytes of the whole letter */                                        \
  X (HEADER, "header")        /* letter: its header, raw bytes */                                    \
  X (ADDED, "added")          /* letter: bytes the office put in front, raw */                       \
  X (MAILBOX, "mailbox")      /* "bob/INBOX" */                                                      \
  X (UID, "uid")              /* mailbox */                                                          \
  X (NUMBER, "number")        /* message sequence number */                                          \
  X (FLAGS, "flags")          /* "\\Seen \\Flagged" */                                               \
  X (COUNT, "count")                                                                                 \
  X (STATE, "state")          /* queue: the letter's state at this host */                           \
  X (NEXT_HOP, "next-hop")    /* queue: host or address */                                           \
  X (DUE, "due")              /* µs on the office's clock */                                         \
  X (ATTEMPT, "attempt")                                                                             \
  X (REASON, "reason")                                                                               \
  X (DOMAIN, "domain")        /* lookup */                                                           \
  X (TYPE, "type")            /* lookup: MX, A */                                                    \
  X (ANSWER, "answer")        /* lookup: "10 gateway.example, 20 sparta.example" */                  \
  X (MECHANISM, "mechanism")  /* auth: PLAIN, SCRAM-SHA-256; tls: version and cipher */              \
  X (PERSON, "person")                                                                               \
  X (RESULT, "result")        /* auth, tls, lookup, lab: "ok", "failed" … */                         \
  X (ROLE, "role")            /* connect: smtp, submission, imap … */                                \
  X (SIDE, "side")            /* connect: "server" or "client": whose end this session is */         \
  X (TITLE, "title")                                                                                 \
  X (NAME, "name")                                                                                   \
  X (ADDRESS, "address")                                                                             \
  X (ROLES, "roles")                                                                                 \
  X (SPEED, "speed")                                                                                 \
  X (FILTER, "filter")                                                                               \
  X (SCENARIO, "scenario")                                                                           \
  X (WAS, "was")              /* what it was before: a letter's other number, a reply's true text */ \
  X (TAG, "tag")              /* IMAP */                                                             \
  X (CHECK, "check")                                                                                \
  X (STEP, "step")                                                                                   \
  X (HIDDEN, "hidden")        /* data: the bytes are elsewhere; never written to files */            \
  X (AHEAD, "ahead")          /* line: the client sent more behind it without waiting for the answer */ \
  X (VERSION, "version")      /* lab: which version of the lab it was */

typedef enum {
#define X(name, word) GPO_FIELD_##name,
  GPO_FIELDS (X)
#undef X
  GPO_N_FIELDS
} GpoFieldName;
typedef guint16 GpoField;

/* A word that is kept once for the whole program: a state, a verb, a host. 0 is the empty word. */
typedef guint16 GpoSymbol;

typedef struct {
  gint64 time;          /* µs on the office's clock since the trace began */
  const guint8 *fields; /* encoded; read with gpo_event_*() */
  guint32 n_bytes;      /* of fields */
  guint32 session;      /* 0: none */
  guint32 letter;       /* 0: none */
  GpoSymbol host;       /* 0: none */
  guint8 kind;          /* GpoKind */
  guint8 protocol;      /* GpoProtocol */
} GpoEvent;

typedef enum { GPO_VALUE_NUMBER, GPO_VALUE_BOOLEAN, GPO_VALUE_SYMBOL, GPO_VALUE_TEXT, GPO_VALUE_JSON } GpoValueType;

/* One field while walking over an event. `text` is set for symbols, texts and JSON, is followed by
 * a NUL that `length` does not count, and belongs to the event. */
typedef struct {
  GpoField field;
  GpoValueType type;
  gint64 number;
  const char *text;
  gsize length;
  /*< private >*/
  const guint8 *next, *end;
} GpoFieldIter;

/* Kinds and protocols by their words. Static. */
const char *gpo_kind_name (GpoKind kind);
int gpo_kind_from_name (const char *name);         /* -1: unknown */
const char *gpo_protocol_name (GpoProtocol protocol);
int gpo_protocol_from_name (const char *name);     /* -1: unknown */
const char *gpo_field_name (GpoField field);
/* The number of a field name; a name not known before gets a new number. Any thread. */
GpoField gpo_field_intern (const char *name);
/* The number of a field name, or -1 if no event ever had it. */
int gpo_field_from_name (const char *name);

/* The symbol for a word, made if it is new. At most 65,535; meant for words of tables and of the
 * scenario, never for what a peer sent. Any thread. */
GpoSymbol gpo_symbol (const char *word);
/* Its word; static. */
const char *gpo_symbol_name (GpoSymbol symbol);
/* Like gpo_symbol(), but 0 when the word is new and the table is nearly full (used by readers). */
GpoSymbol gpo_symbol_try (const char *word, gsize length);

/* Walks over the fields of an event in their order; next is FALSE behind the last. */
void gpo_field_iter_init (GpoFieldIter *iter, const GpoEvent *event);
gboolean gpo_field_iter_next (GpoFieldIter *iter);

/* Finds a field. FALSE if the event has none of that name. */
gboolean gpo_event_find (const GpoEvent *event, GpoField field, GpoFieldIter *out);
gboolean gpo_event_has (const GpoEvent *event, GpoField field);
/* A number or truth value; `fallback` if it is missing or no number. */
gint64 gpo_event_number (const GpoEvent *event, GpoField field, gint64 fallback);
/* A symbol or text, NUL-terminated (it may hold NULs of its own: see *length, which may be NULL).
 * NULL if it is missing. Belongs to the event. */
const char *gpo_event_text (const GpoEvent *event, GpoField field, gsize *length);

/* --- building: one event at a time on the stack of its writer --- */

#define GPO_BUILDER_INLINE 512
typedef struct {
  GpoEvent event;  /* set kind, host, session, letter, protocol freely; time is set by the log */
  /*< private >*/
  guint8 *bytes;
  guint32 used, size;
  guint8 inline_bytes[GPO_BUILDER_INLINE];
} GpoEventBuilder;

/* Begins an event of this kind without fields, and adds fields to it. */
void gpo_event_begin (GpoEventBuilder *b, GpoKind kind);
void gpo_event_add_number (GpoEventBuilder *b, GpoField field, gint64 value);
void gpo_event_add_boolean (GpoEventBuilder *b, GpoField field, gboolean value);
void gpo_event_add_symbol (GpoEventBuilder *b, GpoField field, GpoSymbol value);
/* length -1: NUL-terminated. NULL text adds nothing. */
void gpo_event_add_text (GpoEventBuilder *b, GpoField field, const char *text, gssize length);
void gpo_event_add_json (GpoEventBuilder *b, GpoField field, const char *json, gssize length);
/* A field of another event, as it is. */
void gpo_event_add_value (GpoEventBuilder *b, const GpoFieldIter *value);
/* The event as it stands, to be read (a filter asked before it is appended). Valid until the next add. */
const GpoEvent *gpo_event_peek (GpoEventBuilder *b);
/* Frees what the builder holds without appending. gpo_log_append() does it by itself. */
void gpo_event_clear (GpoEventBuilder *b);

G_END_DECLS
