/* SPDX-License-Identifier: MIT */
/* subject-model.c: which sessions and letters there are at n, and what they are called. */
#include "subject-model.h"
#include "event-words.h"
#include "i18n.h"
#include "letter/mime.h"
#include <string.h>

/* --- the item --- */

struct _GpoSubjectItem
{
  GObject parent_instance;
  GpoSubject subject;
  guint32 number;
};

G_DEFINE_FINAL_TYPE (GpoSubjectItem, gpo_subject_item, G_TYPE_OBJECT)

static void
gpo_subject_item_class_init (GpoSubjectItemClass *class)
{
}

static void
gpo_subject_item_init (GpoSubjectItem *item)
{
}

GpoSubject
gpo_subject_item_get_subject (GpoSubjectItem *item)
{
  return item->subject;
}

guint32
gpo_subject_item_get_number (GpoSubjectItem *item)
{
  return item->number;
}

/* --- the model --- */

struct _GpoSubjectModel
{
  GObject parent_instance;
  GpoCursor *cursor;
  GpoSubject subject;
  guint rows;
};

static GType
get_item_type (GListModel *list)
{
  return GPO_TYPE_SUBJECT_ITEM;
}

static guint
get_n_items (GListModel *list)
{
  return GPO_SUBJECT_MODEL (list)->rows;
}

static guint32
number_at (GpoSubjectModel *model, guint row)
{
  GpoPicture *picture = gpo_cursor_get_picture (model->cursor);
  if (model->subject == GPO_SUBJECT_SESSION)
    return gpo_picture_session (picture, row)->number;
  return gpo_picture_letter (picture, row)->number;
}

static gpointer
get_item (GListModel *list, guint row)
{
  GpoSubjectModel *model = GPO_SUBJECT_MODEL (list);
  if (row >= model->rows)
    return NULL;
  GpoSubjectItem *item = g_object_new (GPO_TYPE_SUBJECT_ITEM, NULL);
  item->subject = model->subject;
  item->number = number_at (model, row);
  return item;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (GpoSubjectModel, gpo_subject_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
gpo_subject_model_dispose (GObject *object)
{
  g_clear_object (&GPO_SUBJECT_MODEL (object)->cursor);
  G_OBJECT_CLASS (gpo_subject_model_parent_class)->dispose (object);
}

static void
gpo_subject_model_class_init (GpoSubjectModelClass *class)
{
  G_OBJECT_CLASS (class)->dispose = gpo_subject_model_dispose;
}

static void
gpo_subject_model_init (GpoSubjectModel *model)
{
}

static void
count (GpoSubjectModel *model)
{
  GpoPicture *picture = gpo_cursor_get_picture (model->cursor);
  guint64 n = gpo_cursor_get_n (model->cursor);
  guint before = model->rows;
  if (gpo_cursor_get_length (model->cursor) == 0)
    model->rows = 0;
  else if (model->subject == GPO_SUBJECT_SESSION)
    model->rows = gpo_picture_sessions_until (picture, n);
  else
    model->rows = gpo_picture_letters_until (picture, n);
  if (model->rows > before)
    g_list_model_items_changed (G_LIST_MODEL (model), before, 0, model->rows - before);
  else if (model->rows < before)
    g_list_model_items_changed (G_LIST_MODEL (model), model->rows, before - model->rows, 0);
}

GpoSubjectModel *
gpo_subject_model_new (GpoCursor *cursor, GpoSubject subject)
{
  GpoSubjectModel *model = g_object_new (GPO_TYPE_SUBJECT_MODEL, NULL);
  model->cursor = g_object_ref (cursor);
  model->subject = subject;
  g_signal_connect_object (cursor, "notify::n", G_CALLBACK (count), model, G_CONNECT_SWAPPED);
  g_signal_connect_object (cursor, "notify::length", G_CALLBACK (count), model, G_CONNECT_SWAPPED);
  count (model);
  return model;
}

guint
gpo_subject_model_row (GpoSubjectModel *model, guint32 number)
{
  for (guint row = 0; row < model->rows; row++)
    if (number_at (model, row) == number)
      return row;
  return G_MAXUINT;
}

/* --- words --- */

void
gpo_subject_words_clear (GpoSubjectWords *words)
{
  g_free (words->title);
  g_free (words->detail);
  g_free (words->status);
}

static void
session_words (GpoSubjectWords *words, GpoCursor *cursor, guint32 number)
{
  GpoPicture *picture = gpo_cursor_get_picture (cursor);
  const GpoSessionTrack *session = gpo_picture_session_numbered (picture, number);
  GpoSessionAt at = { 0 };
  if (session)
    gpo_picture_session_at (picture, session, gpo_cursor_get_n (cursor), &at);
  const char *caller = !session ? "?" : session->caller ? gpo_symbol_name (session->caller) : at.person;
  words->title = g_strdup_printf ("%u  %s → %s", number, caller ? caller : _ ("client"),
                                  session && session->host ? gpo_symbol_name (session->host) : "?");
  g_autoptr (GString) detail = g_string_new (NULL);
  const char *role = session && session->role ? gpo_symbol_name (session->role) : "";
  g_string_append (detail, *role || !session ? role : gpo_protocol_name (session->protocol));
  if (at.state)
    g_string_append_printf (detail, " · %s", at.state);
  if (at.tls)
    g_string_append (detail, " · TLS");
  if (at.mailbox)
    g_string_append_printf (detail, " · %s", at.mailbox);
  words->detail = g_string_free (g_steal_pointer (&detail), FALSE);
  words->sign = at.held ? "‖" : at.open ? "●" : "○";
  words->status = g_strdup (at.held ? _ ("held") : at.open ? _ ("open") : _ ("closed"));
}

/* The subject as the first host that had the letter whole saw it. */
static char *
letter_subject (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n)
{
  if (gpo_track_until (&letter->letters, n) == 0)
    return NULL;
  gsize length;
  const GpoEvent *event = gpo_log_get (gpo_picture_log (picture), letter->letters.events[0]);
  const char *header = event ? gpo_event_text (event, GPO_FIELD_HEADER, &length) : NULL;
  return header ? gpo_header_text (header, (GpoSpan){ 0, length }, "Subject") : NULL;
}

static void
letter_words (GpoSubjectWords *words, GpoCursor *cursor, guint32 number)
{
  GpoPicture *picture = gpo_cursor_get_picture (cursor);
  const GpoLetterTrack *letter = gpo_picture_letter_numbered (picture, number);
  guint64 n = gpo_cursor_get_n (cursor);
  words->sign = "✉";
  if (!letter)
    {
      words->title = g_strdup_printf ("%u", number);
      words->detail = g_strdup ("");
      words->status = g_strdup ("");
      return;
    }
  GpoLetterAt at;
  gpo_picture_letter_at (picture, letter, n, &at);
  g_autofree char *subject = letter_subject (picture, letter, n);
  g_autofree char *shown = subject ? gpo_shown_text (subject, strlen (subject)) : NULL;
  words->title = g_strdup_printf ("%u  %s", number, shown ? shown : _ ("a letter"));
  g_autoptr (GString) detail = g_string_new (at.sender ? *at.sender ? at.sender : "<>" : "");
  for (guint i = 0; i < at.recipients->len; i++)
    g_string_append_printf (detail, "%s%s", i ? ", " : " → ",
                            g_array_index (at.recipients, GpoRecipientAt, i).path);
  words->detail = gpo_shown_text (detail->str, detail->len);
  words->status
      = g_strdup_printf ("%s\n%s", at.place ? at.place : "", at.host ? gpo_symbol_name (at.host) : "");
  g_array_unref (at.recipients);
}

void
gpo_subject_words_init (GpoSubjectWords *words, GpoCursor *cursor, GpoSubject subject, guint32 number)
{
  if (subject == GPO_SUBJECT_SESSION)
    session_words (words, cursor, number);
  else
    letter_words (words, cursor, number);
}
