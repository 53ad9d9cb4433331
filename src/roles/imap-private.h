/* SPDX-License-Identifier: MIT */
/* imap-private.h: what the files of the IMAP server share.
 *
 * A command is one function, named in the table of imap-commands.c. It reads its arguments from imap->parser
 * and ends, now or later, with exactly one gpo_imap_answer(). Between, it may
 *  - write untagged responses (gpo_imap_begin … gpo_imap_end);
 *  - wait for the store: gpo_mail_wait(), and gpo_mail_awake() first thing in the callback, gpo_imap_settle()
 * last;
 *  - stream: gpo_imap_stream() names a step that is called as long as there is room for output. */
#pragma once
#include "letter/anatomy.h"
#include "protocol/imap.h"
#include "roles/imap-server.h"
#include "roles/mail-session.h"

G_BEGIN_DECLS

typedef struct GpoImap GpoImap;

struct GpoImap
{
  GpoMailSession mail;
  GpoPerson *person;       /* who logged in */
  GpoMailboxes *mailboxes; /* theirs */
  GpoView *view;           /* the mailbox selected */
  gboolean condstore;      /* the client knows MODSEQ (RFC 7162 §3.1) */
  guint told_keywords;     /* keywords of the selected mailbox the client was told */

  /* the command at hand: imap-session.c */
  GString *command;      /* its lines and literals so far */
  guint64 literal;       /* bytes of a literal still to come */
  guint64 discard;       /* bytes of a refused literal still to come */
  gboolean discard_line; /* and the line behind them */
  GpoImapInput input;
  char *tag;
  GpoImapParser parser;
  gsize line_start;    /* in session.out: where the untagged response begins */
  guint32 line_letter; /* the letter it is about */

  /* what a command keeps while it waits or streams */
  gpointer job;
  GDestroyNotify job_free;
  void (*step) (GpoImap *imap);
  gboolean stepping;
  gboolean answered; /* the command is over */

  struct GpoImapAppend *append; /* imap-append.c */
};

/* --- imap-session.c --- */

/* A line of a command: RFC 2683 §3.2.1.5 asks for 8,000. */
#define GPO_IMAP_LINE_LIMIT 65536
/* Reads the tag of the command at hand into imap->tag, from the beginning. FALSE: there is none. */
gboolean gpo_imap_read_tag (GpoImap *imap);

/* --- imap-answer.c --- */

/* Ends the command: tells what changed (as the command allows), takes the edge, sends the tagged reply:
 * `text` ("OK …", "NO …") or, if NULL, the row's own. */
void gpo_imap_answer (GpoImap *imap, GpoVerdict verdict, const char *text);
/* The same with a text made by printf. */
void gpo_imap_answerf (GpoImap *imap, GpoVerdict verdict, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* BAD that says what was expected and where: from imap->parser. */
void gpo_imap_bad (GpoImap *imap);
/* NO with the response code that suits the error. `create`: TRYCREATE suits a mailbox that is not there. */
void gpo_imap_no (GpoImap *imap, const GError *error, gboolean create);
/* The one place where a verdict becomes an edge and a reply: `text` or the row's own. By itself for what
 * answers no command ("* BYE …"), or answers it only for now ("+ …"). */
void gpo_imap_step_edge (GpoImap *imap, GpoImapInput input, GpoVerdict verdict, const char *text);
/* TRUE if the whole of the arguments is read; else the command was answered. */
gboolean gpo_imap_no_more (GpoImap *imap);
/* Forgets the command at hand. */
void gpo_imap_end_command (GpoImap *imap);

/* --- imap-stream.c --- */

void gpo_imap_settle (GpoImap *imap);
void gpo_imap_set_job (GpoImap *imap, gpointer job, GDestroyNotify job_free);
void gpo_imap_stream (GpoImap *imap, void (*step) (GpoImap *imap));
/* Ends streaming; call before gpo_imap_answer(). */
void gpo_imap_stream_end (GpoImap *imap);
/* For GpoSessionClass. */
void gpo_imap_drained (GpoSession *session);

/* --- imap-literal.c --- */

/* LITERAL+ or LITERAL-. */
const char *gpo_imap_literal_capability (GpoImap *imap);
/* The line just read, now at the end of imap->command with CRLF, ends in "{n}". */
void gpo_imap_literal_at_hand (GpoImap *imap, guint64 size, gboolean sync);
/* TRUE if bytes of a literal are due and not a line: *taken is what `take` returns. */
gboolean gpo_imap_take_literal (GpoImap *imap, gboolean *taken);

/* --- imap-output.c: untagged responses --- */

/* Begins a response at the end of session.out, which is returned; the caller appends to it. */
GString *gpo_imap_begin (GpoImap *imap);
/* Ends the line: CRLF, recorded. */
void gpo_imap_end (GpoImap *imap);
/* "* " and a text made by printf, as one response. */
void gpo_imap_untagged (GpoImap *imap, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Within a response: "{n}" CRLF. What follows is the literal's n bytes, by gpo_imap_literal_bytes(). */
void gpo_imap_literal_begin (GpoImap *imap, gsize n);
/* offset >= 0: these are bytes of the letter from there on; else they are made up from it. */
void gpo_imap_literal_bytes (GpoImap *imap, const char *bytes, gsize n, goffset offset);
void gpo_imap_append_number (GString *out, guint64 number);
/* A mailbox name as an astring in modified UTF-7. */
void gpo_imap_append_mailbox (GString *out, const char *name);
/* "FLAGS (…)" of a letter of the view. */
void gpo_imap_append_flags (GpoImap *imap, GString *out, const GpoMessage *message);
/* "* FLAGS" and "* OK [PERMANENTFLAGS …]". */
void gpo_imap_tell_flags (GpoImap *imap);

/* --- imap-update.c: what changed --- */

/* Tells what is to be told of the selected mailbox; letters that are gone only if `expunge`. */
void gpo_imap_update (GpoImap *imap, gboolean expunge);
/* The view's `changed`. */
void gpo_imap_view_changed (GpoView *view, gpointer data);
/* Records what the client is told as a `mailbox` event. */
void gpo_imap_record_told (GpoImap *imap, const char *verb, guint32 number, const GpoMessage *message);

/* --- imap-commands.c --- */

typedef struct
{
  GpoImapInput input;
  void (*run) (GpoImap *imap);
} GpoImapCommand;
/* The command of this input, or NULL. */
const GpoImapCommand *gpo_imap_command (GpoImapInput input);
/* Whether the input is one of the UID commands. */
gboolean gpo_imap_is_uid (GpoImapInput input);
/* Reads a sequence set and gives the slots of the letters it names, ascending; answers BAD itself where that
 * fails (NULL). Sequence numbers that are not there are BAD, UIDs that are not there are passed over. */
GArray *gpo_imap_read_slots (GpoImap *imap);
/* The same without reading: of a set that was read. */
GArray *gpo_imap_slots_of (GpoImap *imap, GpoImapSet *set, gboolean uid);
/* The bits of a flag list, keywords made if `add`. FALSE: too many; the command was answered. */
gboolean gpo_imap_flag_bits (GpoImap *imap, GpoMailbox *mailbox, GPtrArray *keywords, gboolean add,
                             guint32 *flags);

/* The commands: each in the file of its name. */
void gpo_imap_capability (GpoImap *imap);
void gpo_imap_noop (GpoImap *imap);
void gpo_imap_logout (GpoImap *imap);
void gpo_imap_id (GpoImap *imap);
void gpo_imap_enable (GpoImap *imap);
void gpo_imap_namespace (GpoImap *imap);
void gpo_imap_starttls (GpoImap *imap);
void gpo_imap_login (GpoImap *imap);
void gpo_imap_authenticate (GpoImap *imap);
void gpo_imap_select (GpoImap *imap);
void gpo_imap_close (GpoImap *imap);
void gpo_imap_unselect (GpoImap *imap);
void gpo_imap_check (GpoImap *imap);
void gpo_imap_create (GpoImap *imap);
void gpo_imap_delete (GpoImap *imap);
void gpo_imap_rename (GpoImap *imap);
void gpo_imap_subscribe (GpoImap *imap);
void gpo_imap_list (GpoImap *imap);
void gpo_imap_lsub (GpoImap *imap);
void gpo_imap_status (GpoImap *imap);
void gpo_imap_append (GpoImap *imap);
void gpo_imap_idle (GpoImap *imap);
void gpo_imap_expunge (GpoImap *imap);
void gpo_imap_uid_expunge (GpoImap *imap);
void gpo_imap_search (GpoImap *imap);
void gpo_imap_fetch (GpoImap *imap);
void gpo_imap_store (GpoImap *imap);
void gpo_imap_copy (GpoImap *imap);
void gpo_imap_move (GpoImap *imap);

void gpo_imap_capability_append (GpoImap *imap, GString *out);
/* The person is known: opens their mailboxes and answers. */
void gpo_imap_welcome (GpoImap *imap, GpoPerson *person, const char *verb);
/* A line that answers a challenge; length G_MAXSIZE: it was too long. */
void gpo_imap_auth_response (GpoImap *imap, const char *line, gsize length);
/* A line during IDLE. */
void gpo_imap_idle_line (GpoImap *imap, const char *line, gsize length);
/* No mailbox is selected any more. */
void gpo_imap_deselect (GpoImap *imap);
/* A line ended in a literal: if the command is an APPEND and this is its letter, takes over and returns TRUE.
 */
gboolean gpo_imap_append_literal (GpoImap *imap, guint64 size, gboolean sync);
gboolean gpo_imap_append_take (GpoImap *imap);
void gpo_imap_append_clear (GpoImap *imap);
/* COPY, or MOVE. */
void gpo_imap_copy_letters (GpoImap *imap, gboolean move);
/* Expunges those of these slots that are \Deleted, and answers. Takes over `slots`. */
void gpo_imap_expunge_slots (GpoImap *imap, GArray *slots);

/* --- imap-mailboxes.c --- */

/* SP mailbox. */
gboolean gpo_imap_one_name (GpoImap *imap, char **name);
/* A name that cannot be a mailbox is refused before the store hears of it: FALSE, and it was answered. */
gboolean gpo_imap_name_is_good (GpoImap *imap, const char *name);
/* The store's callback: answers. */
void gpo_imap_name_changed (const GError *error, gpointer imap);

/* --- imap-list.c --- */

typedef struct
{
  gboolean lsub, extended;
  gboolean select_subscribed, select_special,
      recursive; /* selection options; REMOTE has nothing to add here */
  gboolean return_subscribed, return_children, return_special;
  guint status; /* RETURN (STATUS (…)) */
  char *reference;
  GPtrArray *patterns; /* of char * */
  GPtrArray *names;    /* of char *: those whose STATUS is still to be told */
  guint at;
} GpoImapList;

/* LIST, or LSUB. */
void gpo_imap_list_run (GpoImap *imap, gboolean lsub);
/* Appends an attribute to the list that `out` ends in. */
void gpo_imap_list_attribute (GString *out, const char *word);

/* --- extensions: each in the file of its name --- */

/* SASL-IR. Behind the mechanism: a response, or nothing (*response stays). The caller frees. */
gboolean gpo_imap_initial_response (GpoImapParser *parser, char **response);

/* UIDPLUS: "[APPENDUID …]" and "[COPYUID …]". The caller frees. */
char *gpo_imap_appenduid (GpoMailbox *mailbox, guint32 uid);
char *gpo_imap_copyuid (GpoImap *imap, const guint32 *slots, GpoMailbox *to, const guint32 *uids, guint n);

/* MOVE: the letters are moved: answers. */
void gpo_imap_moved (GpoImap *imap, const char *copyuid);

/* CHILDREN, SPECIAL-USE: the attributes of a name. */
void gpo_imap_children_attribute (GString *out, const GpoMailboxEntry *entry);
void gpo_imap_special_use_attribute (GString *out, const GpoMailboxEntry *entry);
/* [SP "(USE (" … "))"] of CREATE. *possible FALSE: read, but no mailbox here can have such uses. */
gboolean gpo_imap_create_use (GpoImapParser *parser, GpoSpecialUse *use, gboolean *possible);

/* LIST-EXTENDED: options, and what they choose. */
gboolean gpo_imap_list_select_options (GpoImapParser *parser, GpoImapList *list);
gboolean gpo_imap_list_return_options (GpoImapParser *parser, GpoImapList *list);
gboolean gpo_imap_list_selects (const GpoImapList *list, const GpoMailboxEntry *entry);
void gpo_imap_list_child_info (GString *out);

/* LIST-STATUS: a step of the stream behind the names: the STATUS of the next one, or the answer. */
void gpo_imap_list_status (GpoImap *imap);

/* STATUS=SIZE. */
guint64 gpo_imap_status_size (const GpoMailbox *mailbox);

/* ESEARCH: the untagged answer. `found`: ascending numbers or UIDs; modseq: the highest of them. */
void gpo_imap_esearch (GpoImap *imap, GArray *found, const GpoSearchArgs *args, guint64 modseq);

/* CONDSTORE. */
/* The client knows MODSEQ from now on: TRUE if that is news; then it is told HIGHESTMODSEQ of what is selected. Not
 * within a response. */
gboolean gpo_imap_condstore_enable (GpoImap *imap);
gboolean gpo_imap_condstore_select_param (GpoImap *imap);
void gpo_imap_condstore_describe (GpoImap *imap, const GpoMailbox *mailbox);
guint64 gpo_imap_condstore_status (GpoImap *imap, const GpoMailbox *mailbox, guint items);
gboolean gpo_imap_condstore_unchanged_since (GpoImap *imap, guint64 *unchanged_since);
/* Answers a STORE of which these numbers or UIDs failed. */
void gpo_imap_condstore_modified (GpoImap *imap, const guint32 *failed, guint n);
gboolean gpo_imap_condstore_passes_over (const GpoFetchArgs *args, const GpoMessage *message);
/* Appends "MODSEQ (n)". */
void gpo_imap_condstore_append (GString *out, const char *before, const GpoMessage *message);
void gpo_imap_condstore_search (GString *out, guint64 modseq);

/* --- imap-letters.c: letters and what is known of them, read ahead --- */

#define GPO_LETTERS_AHEAD 64

typedef struct
{
  GArray *slots;    /* of guint32: those the command goes through, in order; owned */
  guint info_tried, dates_tried; /* what is known of letters before this index was asked for */
  guint first, n;   /* letters[i] is that of slots[first + i] */
  GBytes *letters[GPO_LETTERS_AHEAD];
  guint next_first, n_next; /* the same of the batch behind it, if it is here … */
  GBytes *next[GPO_LETTERS_AHEAD];
  struct GpoImapAhead *ahead; /* … or on its way */
} GpoImapLetters;

typedef enum
{
  GPO_LETTER_HERE,
  GPO_LETTER_COMING, /* asked for: the step must return, and is called again */
  GPO_LETTER_GONE
} GpoLetterState;

void gpo_imap_letters_clear (GpoImapLetters *letters);
/* What is known of the i-th letter; its date (then in the table); its bytes (which belong to `letters`). */
GpoLetterState gpo_imap_letters_info (GpoImap *imap, GpoImapLetters *letters, guint i, GpoLetterInfo *info);
GpoLetterState gpo_imap_letters_date (GpoImap *imap, GpoImapLetters *letters, guint i);
GpoLetterState gpo_imap_letters_bytes (GpoImap *imap, GpoImapLetters *letters, guint i, GBytes **bytes);

/* --- imap-section.c: what a FETCH section names --- */

typedef struct
{
  gboolean nil;      /* there is no such part */
  const char *bytes; /* in the letter, or in `made` */
  gsize length;
  goffset offset; /* where in the letter; -1: made up */
} GpoImapSection;

/* Whether the header alone is enough for this item. */
gboolean gpo_imap_section_needs_header_only (const GpoFetchItem *item);
/* The bytes of a section of a letter in CRLF form. `made` holds what is put together. */
void gpo_imap_section (const GpoFetchItem *item, const GpoAnatomy *anatomy, GString *made,
                       GpoImapSection *out);
/* The same from a header with its empty line. */
void gpo_imap_section_of_header (const GpoFetchItem *item, const char *header, gsize length, GString *made,
                                 GpoImapSection *out);

/* --- imap-status.c --- */

enum
{
  GPO_STATUS_MESSAGES = 1,
  GPO_STATUS_RECENT = 2,
  GPO_STATUS_UIDNEXT = 4,
  GPO_STATUS_UIDVALIDITY = 8,
  GPO_STATUS_UNSEEN = 16,
  GPO_STATUS_SIZE = 32,
  GPO_STATUS_HIGHESTMODSEQ = 64,
  GPO_STATUS_DELETED = 128
};
/* "(MESSAGES UNSEEN …)". */
gboolean gpo_imap_status_items (GpoImapParser *parser, guint *items);
void gpo_imap_status_tell (GpoImap *imap, GpoMailbox *mailbox, guint items);

/* --- imap-search-match.c --- */

typedef enum
{
  GPO_MATCH_NO,
  GPO_MATCH_YES,
  GPO_MATCH_DATE,
  GPO_MATCH_INFO,
  GPO_MATCH_BYTES
} GpoMatch;
/* Whether a letter matches; DATE, INFO or BYTES: what is missing to say so. `bytes` NULL: not read yet. now:
 * seconds since 1970. */
GpoMatch gpo_imap_match (const GpoSearchKey *key, GpoView *view, guint32 number, GBytes *bytes, gint64 now);
/* Whether folded UTF-8 is found in bytes that are ASCII or UTF-8. */
gboolean gpo_imap_contains (const char *bytes, gsize length, const char *folded);

G_END_DECLS
