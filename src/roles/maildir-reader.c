/* SPDX-License-Identifier: MIT */
/* maildir-reader.c: a mail reader that needs no protocol: it opens the Maildir, as mutt does on the same
 * machine.
 *
 * Nothing is asked and nobody is told: a flag is a letter in a file's name, filing is rename(), and what
 * arrives is a file that was not there before. Every step is one that qmail's Maildir allows to anybody at
 * any time, so the servers' sessions on the same folder notice by looking (store/mailbox.h).
 *
 * No state is kept between tasks. Blocks on the disk; runs on a worker thread. */
#include "roles/reader.h"
#include "store/mailbox.h"
#include "store/maildir.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* Maildir's letters, in ASCII order, and our bits. */
static const struct
{
  char letter;
  guint32 flag;
} letters[] = { { 'D', GPO_FLAG_DRAFT },
                { 'F', GPO_FLAG_FLAGGED },
                { 'R', GPO_FLAG_ANSWERED },
                { 'S', GPO_FLAG_SEEN },
                { 'T', GPO_FLAG_DELETED } };

static guint32
flags_from (const char *text)
{
  guint32 flags = 0;
  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    if (strchr (text, letters[i].letter))
      flags |= letters[i].flag;
  return flags;
}

/* The name with these flags; what other readers noted there (P, keywords) stays, all in ASCII order. */
static char *
name_with (const char *name, guint32 flags)
{
  GpoMaildirName said;
  g_autoptr (GString) out = g_string_new (NULL);
  gpo_maildir_parse (name, &said);
  g_string_append_len (out, name, (gssize) said.base);
  g_string_append (out, ":2,");
  for (char c = 'A'; c <= 'z'; c++)
    {
      gboolean on = strchr (said.flags, c) != NULL;
      for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
        if (letters[i].letter == c)
          on = (flags & letters[i].flag) != 0;
      if (on)
        g_string_append_c (out, c);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* --- looking --- */

static char *
folder_path (const char *maildir, const char *folder)
{
  g_autofree char *name = gpo_mailbox_to_folder (folder);
  return g_build_filename (maildir, name, NULL);
}

static void
each_file (const char *path,
           void (*each) (const char *path, const char *sub, const char *name, gpointer data), gpointer data)
{
  static const char *const subs[] = { "new", "cur" };
  for (guint i = 0; i < G_N_ELEMENTS (subs); i++)
    {
      g_autofree char *sub = g_build_filename (path, subs[i], NULL);
      g_autoptr (GDir) dir = g_dir_open (sub, 0, NULL);
      for (const char *name; dir && (name = g_dir_read_name (dir));)
        if (name[0] != '.')
          each (path, subs[i], name, data);
    }
}

typedef struct
{
  const char *key;
  char *sub, *name; /* of the file that has the key; NULL: none */
} Wanted;

static void
match (const char *path, const char *sub, const char *name, gpointer data)
{
  Wanted *wanted = data;
  GpoMaildirName said;
  if (wanted->name || !gpo_maildir_parse (name, &said) || strlen (wanted->key) != said.base
      || strncmp (name, wanted->key, said.base) != 0)
    return;
  wanted->sub = g_strdup (sub);
  wanted->name = g_strdup (name);
}

static void
wanted_clear (Wanted *wanted)
{
  g_free (wanted->sub);
  g_free (wanted->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wanted, wanted_clear)

/* Others move and flag files at any time, so a letter is looked for by the part of its name that stays. */
static gboolean
find (const char *path, const char *key, Wanted *wanted)
{
  *wanted = (Wanted){ .key = key };
  each_file (path, match, wanted);
  return wanted->name != NULL;
}

/* --- the tasks --- */

static void
count (const char *path, const char *sub, const char *name, gpointer data)
{
  GpoReaderFolder *folder = data;
  GpoMaildirName said;
  folder->messages++;
  if (!gpo_maildir_parse (name, &said) || !strchr (said.flags, 'S'))
    folder->unseen++;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(GpoReaderFolder **) a)->name, (*(GpoReaderFolder **) b)->name);
}

static void
do_folders (const char *maildir, GpoReaderAnswer *answer)
{
  g_autoptr (GDir) dir = g_dir_open (maildir, 0, NULL);
  for (const char *file; dir && (file = g_dir_read_name (dir));)
    {
      g_autofree char *path = g_build_filename (maildir, file, NULL);
      g_autofree char *name
          = file[0] == '.' && gpo_maildir_exists (path) ? gpo_mailbox_from_folder (file) : NULL;
      if (name)
        each_file (path, count, gpo_reader_answer_add_folder (answer, name));
    }
  if (answer->folders)
    g_ptr_array_sort (answer->folders, by_name);
  each_file (maildir, count, gpo_reader_answer_add_folder (answer, "INBOX"));
  /* the inbox stands first */
  g_ptr_array_insert (answer->folders, 0,
                      g_ptr_array_steal_index (answer->folders, answer->folders->len - 1));
}

typedef struct
{
  const char *words;
  GpoReaderAnswer *answer;
} Listing;

static void
add_row (const char *path, const char *sub, const char *name, gpointer data)
{
  Listing *listing = data;
  GpoMaildirName said;
  g_autofree char *file = g_build_filename (path, sub, name, NULL), *bytes = NULL;
  gsize length;
  if (!gpo_maildir_parse (name, &said) || !g_file_get_contents (file, &bytes, &length, NULL))
    return;
  g_autoptr (GpoReading) reading = listing->words && *listing->words ? gpo_reading_new (bytes, length) : NULL;
  if (reading && !gpo_reading_has (reading, listing->words))
    return;
  g_autofree char *key = g_strndup (name, said.base);
  GpoReaderRow *row = gpo_reader_answer_add (listing->answer, key, bytes, length);
  row->flags = flags_from (said.flags);
  row->size = length;
  row->date = MAX (said.seconds, 0);
}

static int
by_arrival (gconstpointer a, gconstpointer b)
{
  const GpoReaderRow *x = *(GpoReaderRow **) a, *y = *(GpoReaderRow **) b;
  return x->date != y->date ? (x->date < y->date ? -1 : 1) : strcmp (x->key, y->key);
}

static void
do_list (const char *path, const GpoReaderTask *task, GpoReaderAnswer *answer)
{
  Listing listing = { task->text, answer };
  each_file (path, add_row, &listing);
  if (answer->rows)
    g_ptr_array_sort (answer->rows, by_arrival);
}

/* rename() to cur, here or in another folder: what makes a letter seen, flagged or filed. */
static gboolean
move (const char *path, const Wanted *wanted, const char *to, guint32 flags, GpoReaderAnswer *answer)
{
  g_autofree char *name = name_with (wanted->name, flags);
  g_autofree char *old = g_build_filename (path, wanted->sub, wanted->name, NULL);
  g_autofree char *new = g_build_filename (to, "cur", name, NULL);
  if (strcmp (old, new) == 0 || g_rename (old, new) == 0)
    return TRUE;
  answer->problem = g_strdup_printf ("%s: %s", old, g_strerror (errno));
  return FALSE;
}

static void
do_with_letter (const char *maildir, const char *path, const GpoReaderTask *task, GpoReaderAnswer *answer)
{
  g_auto (Wanted) wanted;
  g_autoptr (GError) error = NULL;
  GpoMaildirName said;
  if (!find (path, task->key, &wanted))
    {
      answer->problem = g_strdup ("this letter is gone: another reader filed or removed it");
      return;
    }
  gpo_maildir_parse (wanted.name, &said);
  guint32 flags = flags_from (said.flags);
  g_autofree char *file = g_build_filename (path, wanted.sub, wanted.name, NULL), *bytes = NULL;
  g_autofree char *to = task->to ? folder_path (maildir, task->to) : NULL;
  gsize length;
  switch (task->ask)
    {
    case GPO_READER_LETTER:
      if (!g_file_get_contents (file, &bytes, &length, &error))
        answer->problem = g_strdup (error->message);
      else if (move (path, &wanted, path, flags | GPO_FLAG_SEEN, answer))
        answer->letter = g_bytes_new_take (g_steal_pointer (&bytes), length);
      break;
    case GPO_READER_FLAG:
      move (path, &wanted, path, task->on ? flags | task->flags : flags & ~task->flags, answer);
      break;
    case GPO_READER_FILE:
      if (gpo_maildir_exists (to))
        move (path, &wanted, to, flags, answer);
      else
        answer->problem = g_strdup_printf ("there is no folder \"%s\"", task->to);
      break;
    default:
      if (g_unlink (file) != 0)
        answer->problem = g_strdup_printf ("%s: %s", file, g_strerror (errno));
      break;
    }
}

/* Into tmp, then by rename into cur: no reader ever sees half a letter. */
static void
do_save (const char *path, const char *host, const GpoReaderTask *task, GpoReaderAnswer *answer)
{
  gsize length;
  const char *bytes = g_bytes_get_data (task->bytes, &length);
  g_autofree char *unique = gpo_maildir_unique (0, length, host);
  g_autofree char *name = name_with (unique, task->flags);
  g_autofree char *tmp = g_build_filename (path, "tmp", unique, NULL);
  g_autofree char *cur = g_build_filename (path, "cur", name, NULL);
  g_autoptr (GError) error = NULL;
  if (!g_file_set_contents_full (tmp, bytes, (gssize) length,
                                 G_FILE_SET_CONTENTS_DURABLE | G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    answer->problem = g_strdup (error->message);
  else if (g_rename (tmp, cur) != 0)
    answer->problem = g_strdup_printf ("%s: %s", cur, g_strerror (errno));
}

GpoReaderAnswer *
gpo_maildir_reader_do (const char *maildir, const char *host, const GpoReaderTask *task)
{
  GpoReaderAnswer *answer = gpo_reader_answer_new (NULL);
  g_autofree char *path = task->folder ? folder_path (maildir, task->folder) : NULL;
  g_autoptr (GError) error = NULL;
  if (task->ask == GPO_READER_FOLDERS)
    do_folders (maildir, answer);
  else if (task->ask == GPO_READER_CREATE)
    {
      const char *wrong = gpo_mailbox_name_wrong (task->folder, strlen (task->folder));
      if (wrong)
        answer->problem = g_strdup (wrong);
      else if (!gpo_maildir_create (path, TRUE, &error))
        answer->problem = g_strdup (error->message);
    }
  else if (!gpo_maildir_exists (path))
    answer->problem = g_strdup_printf ("there is no folder \"%s\"", task->folder);
  else if (task->ask == GPO_READER_LIST)
    do_list (path, task, answer);
  else if (task->ask == GPO_READER_SAVE)
    do_save (path, host, task, answer);
  else
    do_with_letter (maildir, path, task, answer);
  return answer;
}
