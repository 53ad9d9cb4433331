/* SPDX-License-Identifier: MIT */
/* reader-model-private.h: what the files of the reader's model share: reader-model.c (reading),
 * reader-sending.c (letters that go out). */
#pragma once
#include "reader-model.h"

G_BEGIN_DECLS

struct _GpoReaderModel
{
  GObject parent_instance;
  GpoOffice *office;
  GPtrArray *persons;
  const GpoPerson *person;
  GpoReaderWay way;
  gboolean encrypt;
  GpoMailReader *reader; /* NULL: nobody reads */
  GQueue asked;          /* of Asked: whose answers are to come */
  GPtrArray *sendings;   /* of Sending: letters on their way to the host */
  gboolean stale;        /* news came while something was asked */
  GPtrArray *folders;    /* of GpoReaderFolder */
  GListStore *letters;
  char *folder, *search, *key, *words;
  gboolean problem;
  GBytes *bytes;
  GpoReading *reading;
};

/* --- reader-model.c --- */

/* Asks the mail reader; takes the task over. What the answer changes is known by what was asked. */
void gpo_reader_model_ask (GpoReaderModel *model, GpoReaderTask *task);
/* What goes on, or what went wrong; takes the words over. */
void gpo_reader_model_say (GpoReaderModel *model, gboolean problem, char *words);
/* In the list at once; the server's word comes with the next check. */
void gpo_reader_model_set_flags (GpoReaderModel *model, const char *key, guint32 flags, gboolean on);
void gpo_reader_model_changed (GpoReaderModel *model);

/* --- reader-sending.c --- */

/* The list of letters on their way. */
GPtrArray *gpo_reader_sendings_new (void);

G_END_DECLS
