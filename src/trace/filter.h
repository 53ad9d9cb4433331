/* SPDX-License-Identifier: MIT */
/* filter.h: the one filter language.
 *
 *     smtp and verb = RCPT and code >= 500
 *     letter and header.To ~ "bob@" and not header.Bcc
 *     session = 3 and (line or edge)
 *
 * It filters the window's list, sets breakpoints, triggers faults, checks labs and greps on the
 * command line. docs/trace-format.md explains it to people; the grammar stands in filter-parse.c.
 *
 * A filter is compiled once and immutable: any thread may match with it. Matching allocates nothing,
 * except for a regular expression and for texts read back from the spill file. */
#pragma once
#include "trace/log.h"

G_BEGIN_DECLS

typedef struct GpoFilter GpoFilter;

#define GPO_FILTER_ERROR (gpo_filter_error_quark ())
GQuark gpo_filter_error_quark (void);
typedef enum
{
  GPO_FILTER_ERROR_SYNTAX,
  GPO_FILTER_ERROR_NAME,
  GPO_FILTER_ERROR_VALUE
} GpoFilterError;

/* Compiles. An empty text (or NULL) matches everything. On an error: NULL, `error` says what was
 * expected and the nearest known name, and *position (may be NULL) gets the byte where it went wrong. */
GpoFilter *gpo_filter_parse (const char *text, gsize *position, GError **error);
void gpo_filter_free (GpoFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoFilter, gpo_filter_free)

/* The text it was parsed from. */
const char *gpo_filter_text (const GpoFilter *filter);

/* Whether event number n passes. The text of a `data` event in the spill file is not looked at. */
gboolean gpo_filter_match (const GpoFilter *filter, guint64 n, const GpoEvent *event);
/* The same for an event of a log; looks at spilled texts too. FALSE if the event is gone. */
gboolean gpo_filter_match_at (const GpoFilter *filter, GpoLog *log, guint64 n);

/* --- terms: how far an event came (filter-terms.c) --- */

/* The terms of a filter are what `and` joins at its top, in the order written; `a or b` is one term. */
guint gpo_filter_n_terms (const GpoFilter *filter);
/* Term i as it was written. The caller frees. */
char *gpo_filter_term_text (const GpoFilter *filter, guint i);
/* How many of the first terms event n passes: all of them if it passes the filter. `log` may be NULL. */
guint gpo_filter_count_terms (const GpoFilter *filter, GpoLog *log, guint64 n, const GpoEvent *event);
/* What the event has where term i looks: appends `recipient = "bob@sparta.example"`. FALSE, and nothing
 * appended, if the term is more than one comparison. */
gboolean gpo_filter_term_seen (const GpoFilter *filter, guint i, guint64 n, const GpoEvent *event,
                               GString *out);

/* The number of terms an event must pass to be called a try: all up to the comparison of `verb`, and two at
 * least. */
guint gpo_filter_try_terms (const GpoFilter *filter);
/* The kinds an event may have to pass, a bit each (1 << GpoKind): who asks many filters asks this first. */
guint32 gpo_filter_kinds (const GpoFilter *filter);

/* A name as it stands left of an operator (`letter`, `recipient`, `header.To`), to be read by itself. */
typedef struct GpoFilterName GpoFilterName;
GpoFilterName *gpo_filter_name_parse (const char *name, GError **error);
void gpo_filter_name_free (GpoFilterName *name);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoFilterName, gpo_filter_name_free)
/* Appends the event's value as a text. FALSE if it has none. */
gboolean gpo_filter_name_value (const GpoFilterName *name, guint64 n, const GpoEvent *event, GString *out);

/* What kind of word may stand at a place. */
typedef enum
{
  GPO_COMPLETE_FIELD,    /* a field's name */
  GPO_COMPLETE_KIND,     /* a kind or protocol standing alone */
  GPO_COMPLETE_OPERATOR, /* = != < … */
  GPO_COMPLETE_VALUE,    /* a value this field usually has */
  GPO_COMPLETE_WORD,     /* and or not ( ) */
} GpoCompletionKind;

typedef struct
{
  char *text; /* to be put in the place of the bytes from `start` to the position */
  GpoCompletionKind kind;
} GpoCompletion;

/* What may come at `position` (a byte offset) of an unfinished filter, the likeliest first. The word
 * that is being typed begins at *start. Values come from tables. Free
 * with g_ptr_array_unref(); the elements are GpoCompletion. */
GPtrArray *gpo_filter_complete (const char *text, gsize position, gsize *start);

G_END_DECLS
