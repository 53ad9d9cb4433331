/* SPDX-License-Identifier: MIT */
/* reader-model.h: a person's mail as the reader shows it: who reads, by which way, folders, letters, the
 * letter opened.
 *
 * Knows no widget and no protocol: it asks an office's mail reader (office/mail-reader.h) and keeps the
 * newest answers. Signal "changed": anything here may be different now. Main thread only; nothing blocks. */
#pragma once
#include "letter/compose.h"
#include "office/mail-reader.h"
#include "reader-item.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define GPO_TYPE_READER_MODEL (gpo_reader_model_get_type ())
G_DECLARE_FINAL_TYPE (GpoReaderModel, gpo_reader_model, GPO, READER_MODEL, GObject)

/* A model of the people of this office, which must outlive it or its gpo_reader_model_close(). Asks nothing
 * before somebody is chosen. */
GpoReaderModel *gpo_reader_model_new (GpoOffice *office);
/* Says goodbye to the server; nothing more comes. */
void gpo_reader_model_close (GpoReaderModel *model);

/* Everybody with a mailbox: GpoPerson, belongs to the office. */
GPtrArray *gpo_reader_model_get_persons (GpoReaderModel *model);
/* NULL: nobody yet. */
const GpoPerson *gpo_reader_model_get_person (GpoReaderModel *model);
GpoReaderWay gpo_reader_model_get_way (GpoReaderModel *model);
gboolean gpo_reader_model_get_encrypt (GpoReaderModel *model);
/* Begins anew with this person, way and encryption, and checks for mail. Another person searches for nothing
 * yet. */
void gpo_reader_model_open (GpoReaderModel *model, const GpoPerson *person, GpoReaderWay way,
                            gboolean encrypt);

/* Asks for folders and letters anew. */
void gpo_reader_model_check (GpoReaderModel *model);
/* GpoReaderFolder; NULL: not known yet. */
GPtrArray *gpo_reader_model_get_folders (GpoReaderModel *model);
const char *gpo_reader_model_get_folder (GpoReaderModel *model);
void gpo_reader_model_open_folder (GpoReaderModel *model, const char *name);
/* Only letters in which this stands; "" for all. */
void gpo_reader_model_search (GpoReaderModel *model, const char *text);
/* GpoReaderItem, newest first. The same list for ever. */
GListModel *gpo_reader_model_get_letters (GpoReaderModel *model);

/* Opens the letter with this key; NULL: none. */
void gpo_reader_model_open_letter (GpoReaderModel *model, const char *key);
const char *gpo_reader_model_get_key (GpoReaderModel *model);
/* The letter opened, once it is here; else NULL. */
const GpoReading *gpo_reader_model_get_reading (GpoReaderModel *model);
GBytes *gpo_reader_model_get_bytes (GpoReaderModel *model);
/* Its flags as the list knows them. */
guint32 gpo_reader_model_get_flags (GpoReaderModel *model);

/* What is done with the letter opened. */
void gpo_reader_model_flag (GpoReaderModel *model, guint32 flags, gboolean on);
void gpo_reader_model_file (GpoReaderModel *model, const char *folder);
void gpo_reader_model_remove (GpoReaderModel *model);
void gpo_reader_model_create_folder (GpoReaderModel *model, const char *name);

/* Who writes: "Alice <alice@athens.example>". The caller frees. */
char *gpo_reader_model_sender (GpoReaderModel *model);
/* Sends a letter, keeps a copy in "Sent" where the way has folders, and marks the letter with `answers` (may
 * be NULL) in the open folder as answered. FALSE and *problem (the caller frees): nothing was sent. */
gboolean gpo_reader_model_send (GpoReaderModel *model, const GpoDraft *draft, const char *answers,
                                char **problem);

/* What goes on, or what went wrong last, as a sentence. */
const char *gpo_reader_model_get_words (GpoReaderModel *model);
gboolean gpo_reader_model_has_problem (GpoReaderModel *model);
/* Whether an answer is awaited. */
gboolean gpo_reader_model_get_busy (GpoReaderModel *model);

G_END_DECLS
