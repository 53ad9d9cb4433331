/* SPDX-License-Identifier: MIT */
/* answer.h: what a server answered, by meaning.
 *
 * Two servers say the same in other words, with other dates, names, sizes and numbers. What counts is the
 * class of the code (RFC 5321 §4.2.1), OK, NO and BAD (RFC 3501 §7.1), +OK and -ERR (RFC 1939 §3), which
 * kinds of untagged responses came (RFC 3501 §7), and what the server offers. The rest is worth a remark at
 * most.
 *
 *     250-mail.example  ┐                     status "2", code "250", offers PIPELINING, SIZE
 *     250-PIPELINING    ├ gpo_answer_reader → ───────────────────────────────────────────────
 *     250 SIZE 1000     ┘
 *
 * Pure: lines in, answers out, from a trace or from a socket alike. */
#pragma once
#include "protocol/machine.h"
#include "trace/event.h"

G_BEGIN_DECLS

/* One whole answer. */
typedef struct
{
  GpoProtocol protocol;
  /* What counts: "2" to "5"; "OK", "NO", "BAD", "PREAUTH", "BYE", "+"; "+OK", "-ERR", "+". "" while it is
   * unfinished or there is none: only untagged responses, or the server hung up. */
  char status[8];
  char *code;               /* finer, a remark: "250 2.1.5", "[READ-WRITE]"; or NULL */
  char *words;              /* the line that decided, made valid UTF-8, without its ending; or NULL */
  GHashTable *kinds;        /* untagged responses: "EXISTS", "OK [UIDNEXT]" → how many; NULL: none */
  GHashTable *capabilities; /* what is offered, upper case: "SIZE", "AUTH PLAIN"; NULL: none told */
  guint n_lines;
} GpoAnswer;

void gpo_answer_free (GpoAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoAnswer, gpo_answer_free)
/* Whether it carries the conversation on. */
gboolean gpo_answer_accepts (const GpoAnswer *answer);
/* "250 2.1.5", "OK", "FLAGS EXISTS … OK", "nothing". The caller frees. */
char *gpo_answer_to_text (const GpoAnswer *answer);
/* The names in a set, sorted, joined. The caller frees. */
char *gpo_answer_names (GHashTable *set, const char *separator);

/* --- reading --- */

typedef struct GpoAnswerReader GpoAnswerReader;
/* A reader at the beginning of a connection. */
GpoAnswerReader *gpo_answer_reader_new (GpoProtocol protocol);
void gpo_answer_reader_free (GpoAnswerReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoAnswerReader, gpo_answer_reader_free)
/* To what the next answer is: a verb as gpo_talk_line() gives it, and whether it had arguments. POP3 needs
 * that to know whether more than one line comes, EHLO to know what a capability is. */
void gpo_answer_reader_asked (GpoAnswerReader *reader, const char *verb, gboolean arguments);
/* Takes a line, with or without its ending. TRUE: the answer is whole, take it. */
gboolean gpo_answer_reader_add (GpoAnswerReader *reader, const char *line, gsize length);
/* How many bytes of a literal follow the line just added, to be skipped before the next one. */
gsize gpo_answer_reader_literal (const GpoAnswerReader *reader);
/* Whether something came that belongs to an answer that is not whole. */
gboolean gpo_answer_reader_has (const GpoAnswerReader *reader);
/* The answer so far; the reader begins anew. */
GpoAnswer *gpo_answer_reader_take (GpoAnswerReader *reader);

/* --- comparing --- */

typedef struct
{
  gboolean counts; /* FALSE: a remark */
  char *text;      /* "550 5.1.1 instead of 250 2.1.5: no such person" */
} GpoDeviation;

/* Adds to `out` (of GpoDeviation, freed with it: gpo_differences_new()) what is different about `seen`. That
 * something is not offered is a remark here: whether it counts, its use decides. */
void gpo_answer_compare (const GpoAnswer *expected, const GpoAnswer *seen, GPtrArray *out);
GPtrArray *gpo_differences_new (void);

G_END_DECLS
