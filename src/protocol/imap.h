/* SPDX-License-Identifier: MIT */
/* imap.h: the states and the command grammar of IMAP4rev1: RFC 3501 and its extensions.
 *
 * The machine is that of RFC 3501 §3, with its seven arrows, and the small states in which a command is under
 * way: an answer to a challenge, a handshake, IDLE, the bytes of an APPEND.
 *
 * The grammar is read by a GpoImapParser, which moves over the text of one command (lines and literals
 * together). A reader that fails says what was expected and where. */
#pragma once
#include "protocol/machine.h"

G_BEGIN_DECLS

/* X(NAME, "word") */
#define GPO_IMAP_STATES(X)                                                                           \
  X (CONNECTED, "connected")                 /* no greeting yet */                                   \
  X (NOT_AUTHENTICATED, "not-authenticated") /* RFC 3501 §3.1 */                                     \
  X (AUTHENTICATED, "authenticated")         /* §3.2 */                                              \
  X (SELECTED, "selected")                   /* §3.3 */                                              \
  X (AUTHENTICATE, "authenticate")           /* a challenge was sent: the client's answer comes */   \
  X (TLS, "tls")                             /* OK to STARTTLS sent: the handshake comes */          \
  X (IDLE, "idle")                           /* "+ idling", no mailbox selected */                   \
  X (SELECTED_IDLE, "selected-idle")         /* "+ idling" over a mailbox */                         \
  X (APPEND, "append")                       /* the literal of an APPEND comes */                    \
  X (SELECTED_APPEND, "selected-append")                                                             \
  X (LOGOUT, "logout")                       /* §3.4 */

#define GPO_IMAP_INPUTS(X)                                                                           \
  X (CAPABILITY, "CAPABILITY") X (NOOP, "NOOP") X (LOGOUT, "LOGOUT") X (ID, "ID")                    \
  X (STARTTLS, "STARTTLS") X (AUTHENTICATE, "AUTHENTICATE") X (LOGIN, "LOGIN")                       \
  X (ENABLE, "ENABLE") X (SELECT, "SELECT") X (EXAMINE, "EXAMINE") X (CREATE, "CREATE")              \
  X (DELETE, "DELETE") X (RENAME, "RENAME") X (SUBSCRIBE, "SUBSCRIBE")                               \
  X (UNSUBSCRIBE, "UNSUBSCRIBE") X (LIST, "LIST") X (LSUB, "LSUB") X (NAMESPACE, "NAMESPACE")        \
  X (STATUS, "STATUS") X (APPEND, "APPEND") X (IDLE, "IDLE") X (CHECK, "CHECK") X (CLOSE, "CLOSE")   \
  X (UNSELECT, "UNSELECT") X (EXPUNGE, "EXPUNGE") X (SEARCH, "SEARCH") X (FETCH, "FETCH")            \
  X (STORE, "STORE") X (COPY, "COPY") X (MOVE, "MOVE") X (UID_EXPUNGE, "UID EXPUNGE")                \
  X (UID_SEARCH, "UID SEARCH") X (UID_FETCH, "UID FETCH") X (UID_STORE, "UID STORE")                 \
  X (UID_COPY, "UID COPY") X (UID_MOVE, "UID MOVE")                                                  \
  X (UNKNOWN, "unknown")         /* a line that is no command of ours */                             \
  X (CONNECT, "connect")         /* the connection was made */                                       \
  X (RESPONSE, "response")       /* a line of an AUTHENTICATE exchange */                            \
  X (DONE, "DONE")               /* the line that ends IDLE */                                       \
  X (LITERAL_END, "literal-end") /* the bytes of an APPEND are here, and the line behind them */     \
  X (HANDSHAKE, "handshake")     /* TLS is on, or failed */                                          \
  X (GONE, "gone")               /* the selected mailbox was deleted */                              \
  X (TIMEOUT, "timeout") X (SHUTDOWN, "shutdown") X (LOST, "lost")

typedef enum {
#define X(name, word) GPO_IMAP_##name,
  GPO_IMAP_STATES (X)
#undef X
  GPO_IMAP_N_STATES
} GpoImapState;

typedef enum {
#define X(name, word) GPO_IMAP_IN_##name,
  GPO_IMAP_INPUTS (X)
#undef X
  GPO_IMAP_N_INPUTS
} GpoImapInput;

extern const GpoMachine gpo_imap_server_machine;

/* --- the parser: imap-parser.c --- */

typedef struct {
  const char *text;     /* one command: lines with their CRLF only before literals */
  gsize length, at;
  const char *expected; /* after a failure: what should have come (static) … */
  gsize where;          /* … at which byte */
} GpoImapParser;

/* Each reader takes its item off the front and returns TRUE; else it sets expected and where, and `at` is anywhere. */
static inline gboolean
gpo_imap_fail (GpoImapParser *parser, const char *what)
{
  parser->expected = what;
  parser->where = parser->at;
  return FALSE;
}

/* One item each. */
gboolean gpo_imap_space (GpoImapParser *parser);
/* The end of the command. */
gboolean gpo_imap_at_end (GpoImapParser *parser);
/* Takes the byte if it is next; no failure. */
gboolean gpo_imap_skip (GpoImapParser *parser, char byte);
/* The byte that comes next; NUL at the end. */
char gpo_imap_peek (const GpoImapParser *parser);
/* As gpo_imap_skip(), but it must be there; `what`: "\"(\"". */
gboolean gpo_imap_must (GpoImapParser *parser, char byte, const char *what);
/* Takes this word (ASCII case ignored) if it stands here and no atom character follows; no failure. */
gboolean gpo_imap_word (GpoImapParser *parser, const char *word);
/* An atom, as a stretch of the text. */
gboolean gpo_imap_atom (GpoImapParser *parser, const char **text, gsize *length, const char *what);
/* Strings: RFC 3501 §4.3. The caller frees *text, which is NUL-terminated and holds no NUL. */
gboolean gpo_imap_string (GpoImapParser *parser, char **text, const char *what);
gboolean gpo_imap_astring (GpoImapParser *parser, char **text, const char *what);
/* NIL gives NULL. */
gboolean gpo_imap_nstring (GpoImapParser *parser, char **text, const char *what);
/* A mailbox name, decoded to UTF-8 (modified UTF-7, or UTF-8 as many clients send). */
gboolean gpo_imap_mailbox (GpoImapParser *parser, char **name);
/* list-mailbox: as a mailbox name, but "%" and "*" may stand in an atom. */
gboolean gpo_imap_list_mailbox (GpoImapParser *parser, char **pattern);
gboolean gpo_imap_number (GpoImapParser *parser, guint32 *number, const char *what);
/* RFC 7162: mod-sequence-value, 63 bits. */
gboolean gpo_imap_number64 (GpoImapParser *parser, guint64 *number, const char *what);
/* date-time in quotes: seconds since 1970. */
gboolean gpo_imap_date_time (GpoImapParser *parser, gint64 *seconds);
/* date, with or without quotes: the number of the day since 1970-01-01. */
gboolean gpo_imap_date (GpoImapParser *parser, gint64 *day);

/* Whether the byte may stand in an atom: RFC 3501 §9, atom-char. */
gboolean gpo_imap_is_atom_char (guchar byte);
/* The day in a string "1-Feb-1994"; FALSE if it is none. */
gboolean gpo_imap_parse_day (const char *text, gsize length, gint64 *day);

/* A flag list "(\Seen $Work)" or, without `parentheses` needed, flags with spaces between. System flags as bits of
 * store/mailbox.h's order: \Seen 1, \Answered 2, \Flagged 4, \Deleted 8, \Draft 16; \Recent is refused.
 * Keywords are appended to `keywords` (of char *, freed by it). */
gboolean gpo_imap_flags (GpoImapParser *parser, gboolean parentheses, guint32 *flags, GPtrArray *keywords);

/* "{123}" or "{123+}" or "~{123}" at the end of a line: TRUE if a literal follows. *sync: the client waits for "+". */
gboolean gpo_imap_literal_at_end (const char *line, gsize length, guint64 *size, gboolean *sync);

/* --- sequence sets: imap-sequence-set.c --- */

/* RFC 3501 §9: sequence-set. Pairs first, last; 0 stands for "*". */
typedef struct {
  GArray *ranges; /* of guint32, two by two */
} GpoImapSet;
/* Appends to a zeroed set. */
gboolean gpo_imap_sequence_set (GpoImapParser *parser, GpoImapSet *set);
void gpo_imap_set_clear (GpoImapSet *set);
/* Puts `star` for "*", each pair in order, and sorts and joins them. */
void gpo_imap_set_resolve (GpoImapSet *set, guint32 star);
/* Whether a resolved set holds the number. */
gboolean gpo_imap_set_has (const GpoImapSet *set, guint32 number);
/* Appends ascending numbers as a set: "1:3,5". */
void gpo_imap_numbers_append (GString *out, const guint32 *numbers, guint n);

/* --- FETCH: imap-fetch-args.c --- */

typedef enum {
  GPO_FETCH_UID, GPO_FETCH_FLAGS, GPO_FETCH_INTERNALDATE, GPO_FETCH_SIZE, GPO_FETCH_ENVELOPE, GPO_FETCH_BODY,
  GPO_FETCH_BODYSTRUCTURE, GPO_FETCH_MODSEQ, GPO_FETCH_SECTION
} GpoFetchKind;

/* What of the part: RFC 3501 §6.4.5. */
typedef enum {
  GPO_SECTION_ALL, GPO_SECTION_HEADER, GPO_SECTION_FIELDS, GPO_SECTION_FIELDS_NOT, GPO_SECTION_TEXT, GPO_SECTION_MIME
} GpoSectionText;

#define GPO_SECTION_DEPTH 32

typedef struct {
  GpoFetchKind kind;
  /* GPO_FETCH_SECTION */
  guint32 numbers[GPO_SECTION_DEPTH];
  guint n_numbers;
  GpoSectionText text;
  GPtrArray *fields;    /* of char *: header field names */
  gboolean seen;        /* not .PEEK: sets \Seen */
  gboolean partial;
  guint32 offset, count;
  char *label;          /* how the response names it: "BODY[1.TEXT]<0>", "RFC822.HEADER" */
} GpoFetchItem;

typedef struct {
  GArray *items;        /* of GpoFetchItem, in the client's order, each name once */
  guint64 changed_since; /* RFC 7162 §3.1.4.1; 0: not given */
  gboolean modseq;      /* MODSEQ was asked for or implied */
} GpoFetchArgs;

/* Reads what stands behind the sequence set and a space. `uid`: UID FETCH, whose answers always have the UID. */
gboolean gpo_imap_fetch_args (GpoImapParser *parser, gboolean uid, GpoFetchArgs *args);
void gpo_imap_fetch_args_clear (GpoFetchArgs *args);

/* --- SEARCH: imap-search-args.c --- */

typedef enum {
  GPO_SEARCH_ALL, GPO_SEARCH_FLAG, GPO_SEARCH_KEYWORD, GPO_SEARCH_RECENT, GPO_SEARCH_NUMBERS, GPO_SEARCH_UIDS,
  GPO_SEARCH_INTERNAL, GPO_SEARCH_SENT, GPO_SEARCH_LARGER, GPO_SEARCH_SMALLER, GPO_SEARCH_YOUNGER, GPO_SEARCH_OLDER,
  GPO_SEARCH_MODSEQ, GPO_SEARCH_HEADER, GPO_SEARCH_BODY, GPO_SEARCH_TEXT, GPO_SEARCH_AND, GPO_SEARCH_OR, GPO_SEARCH_NOT
} GpoSearchKind;
typedef enum { GPO_DAY_BEFORE, GPO_DAY_ON, GPO_DAY_SINCE } GpoSearchDay;

typedef struct GpoSearchKey GpoSearchKey;
struct GpoSearchKey {
  GpoSearchKind kind;
  guint32 flag;         /* FLAG: the bit, as in gpo_imap_flags() */
  GpoSearchDay compare; /* INTERNAL, SENT */
  gint64 day;
  guint64 number;       /* LARGER, SMALLER: bytes; YOUNGER, OLDER: seconds; MODSEQ */
  char *name;           /* HEADER: the field; KEYWORD */
  char *text;           /* HEADER, BODY, TEXT: UTF-8, folded for comparing; "": any */
  GpoImapSet set;       /* NUMBERS, UIDS */
  GpoSearchKey *first, *second; /* NOT: first; OR, AND: both */
};

/* RFC 4731 and RFC 7162. */
enum { GPO_RETURN_MIN = 1, GPO_RETURN_MAX = 2, GPO_RETURN_ALL = 4, GPO_RETURN_COUNT = 8 };
typedef struct {
  gboolean extended;    /* RETURN was given: answer with ESEARCH */
  guint returns;
  gboolean modseq;      /* a MODSEQ key was used */
  gboolean bad_charset; /* NO [BADCHARSET …] */
  GpoSearchKey *key;
} GpoSearchArgs;

#define GPO_SEARCH_DEPTH 64
/* Reads what stands behind SEARCH and a space. With bad_charset the keys are not read. */
gboolean gpo_imap_search_args (GpoImapParser *parser, GpoSearchArgs *args);
void gpo_imap_search_args_clear (GpoSearchArgs *args);

/* What the extensions add to the grammars above: imap-esearch-args.c, imap-condstore-args.c, imap-within.c. */

/* Behind "RETURN": options into args->returns, and the space behind them. */
gboolean gpo_imap_return_options (GpoImapParser *parser, GpoSearchArgs *args);
/* A FETCH modifier, if there is one. */
gboolean gpo_imap_changed_since (GpoImapParser *parser, GpoFetchArgs *args);
/* Behind "MODSEQ". */
gboolean gpo_imap_modseq_key (GpoImapParser *parser, GpoSearchKey *key);
/* Behind "YOUNGER" or "OLDER". */
gboolean gpo_imap_within_args (GpoImapParser *parser, GpoSearchKey *key);
/* Whether a letter of this INTERNALDATE is what YOUNGER or OLDER means; seconds since 1970. */
gboolean gpo_imap_within (const GpoSearchKey *key, gint64 date, gint64 now);

/* UTF-8 made ready for comparing without regard to case. The caller frees. */
char *gpo_imap_fold (const char *text, gssize length);

G_END_DECLS
