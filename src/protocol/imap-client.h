/* SPDX-License-Identifier: MIT */
/* imap-client.h: the client's half of IMAP: what a mail reader waits for (RFC 3501 §3 seen from the other side).
 *
 * Three states are places to rest: not-authenticated, authenticated and selected. Every other one says which
 * command's tagged response is awaited; where it leads back to is where the command was said. The reader
 * (src/roles/imap-reader.c) says one command at a time, so that a transcript reads as questions and answers. */
#pragma once
#include "protocol/machine.h"

G_BEGIN_DECLS

/* X(NAME, "word") */
#define GPO_IMAP_CLIENT_STATES(X)                                                                    \
  X (CONNECTING, "connecting")     /* the connection is being made */                                \
  X (GREETING, "greeting")         /* * OK or * PREAUTH is awaited */                                \
  X (CAPABILITY, "capability")     /* what the server can do */                                      \
  X (NOT_AUTHENTICATED, "not-authenticated")                                                         \
  X (STARTTLS, "starttls") X (TLS, "tls")                                                            \
  X (LOGIN, "login")                                                                                 \
  X (AUTHENTICATED, "authenticated") /* nothing is awaited, no mailbox is open */                    \
  X (LIST, "list") X (STATUS, "status") X (CREATE, "create") X (APPEND, "append")                    \
  X (SELECT, "select")                                                                               \
  X (SELECTED, "selected")         /* nothing is awaited, a mailbox is open */                       \
  X (SELECTED_LIST, "selected-list") X (SELECTED_STATUS, "selected-status")                          \
  X (SELECTED_CREATE, "selected-create") X (SELECTED_APPEND, "selected-append")                      \
  X (NOOP, "noop") X (SEARCH, "search") X (FETCH, "fetch") X (STORE, "store")                        \
  X (MOVE, "move")                 /* the answer to MOVE, or to COPY where there is no MOVE */       \
  X (EXPUNGE, "expunge")                                                                             \
  X (IDLE, "idle")                 /* "+" is awaited */                                              \
  X (IDLING, "idling")             /* the server tells news by itself */                             \
  X (DONE, "done")                 /* DONE was said: the end of IDLE is awaited */                   \
  X (LOGOUT, "logout") X (CLOSED, "closed")

/* Commands stand as they are on the wire: "the client says it now". */
#define GPO_IMAP_CLIENT_INPUTS(X)                                                                    \
  X (CONNECTED, "connected")       /* the connection stands, or could not be made */                 \
  X (REPLY, "reply")               /* the tagged response, or the greeting; OK, NO, BAD, BYE */      \
  X (CONTINUE, "continue")         /* "+": go on with a literal, or IDLE has begun */                \
  X (HANDSHAKE, "handshake")                                                                         \
  X (CAPABILITY, "CAPABILITY") X (STARTTLS, "STARTTLS") X (LOGIN, "LOGIN") X (LIST, "LIST")          \
  X (STATUS, "STATUS") X (CREATE, "CREATE") X (APPEND, "APPEND") X (SELECT, "SELECT") X (NOOP, "NOOP")                    \
  X (SEARCH, "UID SEARCH") X (FETCH, "UID FETCH") X (STORE, "UID STORE") X (MOVE, "UID MOVE")        \
  X (COPY, "UID COPY") X (EXPUNGE, "UID EXPUNGE") X (IDLE, "IDLE") X (DONE, "DONE")                  \
  X (LOGOUT, "LOGOUT")                                                                               \
  X (TIMEOUT, "timeout") X (LOST, "lost")

typedef enum {
#define X(name, word) GPO_IMAP_CLIENT_##name,
  GPO_IMAP_CLIENT_STATES (X)
#undef X
  GPO_IMAP_CLIENT_N_STATES
} GpoImapClientState;

typedef enum {
#define X(name, word) GPO_IMAP_CLIENT_IN_##name,
  GPO_IMAP_CLIENT_INPUTS (X)
#undef X
  GPO_IMAP_CLIENT_N_INPUTS
} GpoImapClientInput;

extern const GpoMachine gpo_imap_client_machine;

/* --- the response grammar: imap-response.c --- */

/* A response is one text: lines, with their CRLF only before literals, and literals. */
typedef enum {
  GPO_RESPONSE_OK, GPO_RESPONSE_NO, GPO_RESPONSE_BAD, GPO_RESPONSE_BYE, GPO_RESPONSE_PREAUTH,
  GPO_RESPONSE_CAPABILITY, GPO_RESPONSE_LIST, GPO_RESPONSE_STATUS, GPO_RESPONSE_SEARCH,
  GPO_RESPONSE_EXISTS, GPO_RESPONSE_EXPUNGE, GPO_RESPONSE_FETCH,
  GPO_RESPONSE_CONTINUE, /* "+ …" */
  GPO_RESPONSE_OTHER     /* well formed, and nothing that a reader needs */
} GpoResponseKind;

typedef struct {
  GpoResponseKind kind;
  gboolean tagged;
  const char *tag;        /* tagged: in the text … */
  gsize tag_length;
  guint32 number;         /* EXISTS, EXPUNGE, FETCH */
  const char *rest;       /* what stands behind the word and a space, to the end of the text */
  gsize rest_length;
} GpoImapResponse;

/* Reads one whole response; the result points into the text. FALSE: it is none. */
gboolean gpo_imap_response_parse (const char *text, gsize length, GpoImapResponse *out);
/* Whether a CAPABILITY response (or the code "[CAPABILITY …]" in an OK) names this one, ASCII case ignored. */
gboolean gpo_imap_response_offers (const GpoImapResponse *response, const char *capability);
/* OK, NO, BAD, BYE: the words for people. The caller frees. */
char *gpo_imap_response_words (const GpoImapResponse *response);

/* LIST: the mailbox's name in UTF-8, which the caller frees, and whether it can be opened. FALSE: malformed. */
gboolean gpo_imap_response_list (const GpoImapResponse *response, char **name, gboolean *selectable);
/* STATUS: as asked for with (MESSAGES UNSEEN). The caller frees the name. */
gboolean gpo_imap_response_status (const GpoImapResponse *response, char **name, guint32 *messages, guint32 *unseen);
/* SEARCH: appends the numbers to an array of guint32. */
gboolean gpo_imap_response_search (const GpoImapResponse *response, GArray *numbers);

/* What a reader asks FETCH for. */
typedef struct {
  guint32 uid;            /* 0: not told */
  gboolean has_flags;
  guint32 flags;          /* the bits of gpo_imap_flags() */
  gint64 date;            /* INTERNALDATE, seconds since 1970; 0: not told */
  guint64 size;
  const char *section;    /* the bytes of BODY[…], in the text; NULL: not told */
  gsize section_length;
} GpoImapFetched;
/* FETCH: items that are not known make it fail, since their end cannot be known. */
gboolean gpo_imap_response_fetch (const GpoImapResponse *response, GpoImapFetched *out);

G_END_DECLS
