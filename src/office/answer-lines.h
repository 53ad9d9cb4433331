/* SPDX-License-Identifier: MIT */
/* answer-lines.h: what the files that carry out intents share: cutting a line into words, and an answer in
 * JSON, an object a line. */
#pragma once
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct
{
  JsonBuilder *json;
  GString *out;
} GpoAnswerLines;

/* Prepares an empty answer. */
void gpo_answer_init (GpoAnswerLines *answer);
void gpo_answer_clear (GpoAnswerLines *answer);

/* An object: begun, filled, ended. A value that is NULL is left out; bytes that are not UTF-8 are replaced.
 */
void gpo_answer_begin (GpoAnswerLines *answer);
void gpo_answer_text (GpoAnswerLines *answer, const char *name, const char *value);
void gpo_answer_number (GpoAnswerLines *answer, const char *name, gint64 value);
void gpo_answer_boolean (GpoAnswerLines *answer, const char *name, gboolean value);
void gpo_answer_end (GpoAnswerLines *answer);
/* {"count":N}. TRUE. */
gboolean gpo_answer_count (GpoAnswerLines *answer, guint n);

/* Cuts the first word off; *rest is what follows it. The caller frees. */
char *gpo_intent_word (const char *line, const char **rest);
/* Sets *error to what should have been said. FALSE. */
gboolean gpo_intent_wrong (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* "there is no WORD; did you mean …?": `words` is what there is, NULL-terminated. FALSE. */
gboolean gpo_intent_unknown (const char *word, const char *const *words, GError **error);

G_END_DECLS
