/* SPDX-License-Identifier: MIT */
/* subject-model.h: the sessions, or the letters, that there are at the cursor: a list that grows and
 * shrinks as n moves. Items are made for the rows on screen only. */
#pragma once
#include "cursor.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define GPO_TYPE_SUBJECT_ITEM (gpo_subject_item_get_type ())
G_DECLARE_FINAL_TYPE (GpoSubjectItem, gpo_subject_item, GPO, SUBJECT_ITEM, GObject)
/* GPO_SUBJECT_SESSION or GPO_SUBJECT_LETTER, and its number. */
GpoSubject gpo_subject_item_get_subject (GpoSubjectItem *item);
guint32 gpo_subject_item_get_number (GpoSubjectItem *item);

#define GPO_TYPE_SUBJECT_MODEL (gpo_subject_model_get_type ())
G_DECLARE_FINAL_TYPE (GpoSubjectModel, gpo_subject_model, GPO, SUBJECT_MODEL, GObject)
GpoSubjectModel *gpo_subject_model_new (GpoCursor *cursor, GpoSubject subject);
/* The row of a session or letter, or G_MAXUINT. */
guint gpo_subject_model_row (GpoSubjectModel *model, guint32 number);

/* --- the words of a row, as the world is at n --- */

typedef struct
{
  char *title, *detail, *status; /* never NULL */
  const char *sign;              /* ● open, ○ closed, ‖ held … */
} GpoSubjectWords;

void gpo_subject_words_init (GpoSubjectWords *words, GpoCursor *cursor, GpoSubject subject, guint32 number);
void gpo_subject_words_clear (GpoSubjectWords *words);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GpoSubjectWords, gpo_subject_words_clear)

G_END_DECLS
