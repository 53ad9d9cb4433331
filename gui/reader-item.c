/* SPDX-License-Identifier: MIT */
/* reader-item.c: key, sender, subject, date and flags of a letter. */
#include "reader-item.h"
#include "i18n.h"

struct _GpoReaderItem
{
  GObject parent_instance;
  char *key, *from, *subject;
  guint32 flags;
  gint64 date;
};

G_DEFINE_FINAL_TYPE (GpoReaderItem, gpo_reader_item, G_TYPE_OBJECT)

static void
gpo_reader_item_finalize (GObject *object)
{
  GpoReaderItem *item = GPO_READER_ITEM (object);
  g_free (item->key);
  g_free (item->from);
  g_free (item->subject);
  G_OBJECT_CLASS (gpo_reader_item_parent_class)->finalize (object);
}

static void
gpo_reader_item_class_init (GpoReaderItemClass *class)
{
  G_OBJECT_CLASS (class)->finalize = gpo_reader_item_finalize;
}

static void
gpo_reader_item_init (GpoReaderItem *item)
{
}

GpoReaderItem *
gpo_reader_item_new (const GpoReaderRow *row)
{
  GpoReaderItem *item = g_object_new (GPO_TYPE_READER_ITEM, NULL);
  item->key = g_strdup (row->key);
  item->from = g_strdup (row->summary.from);
  item->subject = g_strdup (*row->summary.subject ? row->summary.subject : _ ("(no subject)"));
  item->flags = row->flags;
  item->date = row->summary.date ? row->summary.date : row->date * G_USEC_PER_SEC;
  return item;
}

const char *
gpo_reader_item_get_key (GpoReaderItem *item)
{
  return item->key;
}

const char *
gpo_reader_item_get_from (GpoReaderItem *item)
{
  return item->from;
}

const char *
gpo_reader_item_get_subject (GpoReaderItem *item)
{
  return item->subject;
}

guint32
gpo_reader_item_get_flags (GpoReaderItem *item)
{
  return item->flags;
}

char *
gpo_reader_item_date (GpoReaderItem *item)
{
  g_autoptr (GDateTime) time
      = item->date ? g_date_time_new_from_unix_local (item->date / G_USEC_PER_SEC) : NULL;
  return time ? g_date_time_format (time, "%e %b %Y %H:%M") : g_strdup ("");
}

void
gpo_reader_item_set_flags (GpoReaderItem *item, guint32 flags)
{
  item->flags = flags;
}
