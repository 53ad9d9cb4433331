/* SPDX-License-Identifier: MIT */
/* store-fixture.h: a store in a folder of its own, and letters whose bytes follow from their number. */
#pragma once
#include "store/incoming.h"
#include "store/maildir.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *root;
static GpoStore *store;
static char *inbox, *queue_dir;

G_GNUC_UNUSED static void
open_store (void)
{
  g_autoptr (GError) error = NULL;
  store = gpo_store_open (root, NULL, &error);
  ck_assert_msg (store != NULL, "%s", error ? error->message : "");
  ck_assert (gpo_store_add_host (store, "athens", &error));
  g_free (inbox);
  g_free (queue_dir);
  inbox = gpo_store_maildir_path (store, "athens", "bob");
  queue_dir = gpo_store_spool_path (store, "athens");
  ck_assert (gpo_maildir_create (inbox, FALSE, &error));
}

G_GNUC_UNUSED static void
set_up (void)
{
  root = g_dir_make_tmp ("glasspost-store-XXXXXX", NULL);
  open_store ();
}

static void
remove_tree (const char *path)
{
  struct stat st;
  if (g_lstat (path, &st) == 0 && S_ISDIR (st.st_mode))
    {
      g_chmod (path, 0700);
      g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
      for (const char *name; dir && (name = g_dir_read_name (dir));)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);
          remove_tree (child);
        }
    }
  g_remove (path);
}

G_GNUC_UNUSED static void
tear_down (void)
{
  if (store)
    gpo_store_close (g_steal_pointer (&store));
  remove_tree (root);
  g_clear_pointer (&root, g_free);
  g_clear_pointer (&inbox, g_free);
  g_clear_pointer (&queue_dir, g_free);
}

/* Lines of CRLF text that differ from letter to letter. The caller frees. */
G_GNUC_UNUSED static char *
letter_bytes (guint32 letter, gsize size)
{
  GString *text = g_string_sized_new (size + 64);
  for (guint line = 0; text->len < size; line++)
    g_string_append_printf (text, "letter %u line %u\r\n", letter, line);
  g_string_truncate (text, size);
  return g_string_free (text, FALSE);
}

G_GNUC_UNUSED static void
assert_file_is (const char *path, const char *prefix, guint32 letter, gsize size)
{
  g_autofree char *found = NULL;
  g_autofree char *wanted = letter_bytes (letter, size);
  gsize length, before = strlen (prefix);
  ck_assert_msg (g_file_get_contents (path, &found, &length, NULL), "no file %s", path);
  ck_assert_uint_eq (length, before + size);
  ck_assert (memcmp (found, prefix, before) == 0);
  ck_assert_msg (memcmp (found + before, wanted, size) == 0, "other bytes in %s", path);
}

G_GNUC_UNUSED static guint
count_files (const char *first, ...)
{
  va_list rest;
  va_start (rest, first);
  g_autofree char *path = g_build_filename_valist (first, &rest);
  va_end (rest);
  guint n = 0;
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  while (dir && g_dir_read_name (dir))
    n++;
  return n;
}

/* What a commit told. */
typedef struct
{
  gboolean called;
  char *names[4];
  GError *error;
} Told;

G_GNUC_UNUSED static void
told (const char *const *names, guint n, const GError *error, gpointer data)
{
  Told *told_here = data;
  told_here->called = TRUE;
  for (guint i = 0; i < n && i < 4; i++)
    told_here->names[i] = g_strdup (names[i]);
  told_here->error = error ? g_error_copy (error) : NULL;
}

G_GNUC_UNUSED static void
told_clear (Told *t)
{
  for (guint i = 0; i < 4; i++)
    g_free (t->names[i]);
  g_clear_error (&t->error);
  *t = (Told){ FALSE };
}

G_GNUC_UNUSED static void
commit (guint32 letter, gsize size, const GpoTarget *targets, guint n, Told *t)
{
  g_autofree char *bytes = letter_bytes (letter, size);
  GpoIncoming *incoming = gpo_incoming_new (store, letter);
  *t = (Told){ FALSE };
  gpo_incoming_write (incoming, bytes, size);
  gpo_incoming_commit (incoming, targets, n, told, t);
}

/* Commits and waits. */
G_GNUC_UNUSED static void
deliver (guint32 letter, gsize size, const GpoTarget *targets, guint n, Told *t)
{
  commit (letter, size, targets, n, t);
  gpo_store_flush (store);
  ck_assert (t->called);
}

G_GNUC_UNUSED static GpoEnvelope *
envelope_for (guint32 letter, const char *id)
{
  GpoEnvelope *envelope = gpo_envelope_new ();
  envelope->has_sender = TRUE;
  envelope->letter = letter;
  envelope->arrived = 1000000 + letter;
  envelope->id = id ? g_strdup (id) : gpo_spool_make_id (letter);
  gpo_envelope_add (envelope, "bob@sparta.example");
  return envelope;
}
