/* SPDX-License-Identifier: MIT */
/* reader-item.h: a letter as the reader's list knows it. */
#pragma once
#include "roles/reader.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define GPO_TYPE_READER_ITEM (gpo_reader_item_get_type ())
G_DECLARE_FINAL_TYPE (GpoReaderItem, gpo_reader_item, GPO, READER_ITEM, GObject)
const char *gpo_reader_item_get_key (GpoReaderItem *item);
const char *gpo_reader_item_get_from (GpoReaderItem *item);
const char *gpo_reader_item_get_subject (GpoReaderItem *item);
guint32 gpo_reader_item_get_flags (GpoReaderItem *item);
/* "25 Nov 2026 09:15", of the Date field; "" without one. The caller frees. */
char *gpo_reader_item_date (GpoReaderItem *item);
/* Of a row of the mail reader's answer; a copy. */
GpoReaderItem *gpo_reader_item_new (const GpoReaderRow *row);
/* The list that has it must be told. */
void gpo_reader_item_set_flags (GpoReaderItem *item, guint32 flags);

G_END_DECLS
