/* SPDX-License-Identifier: MIT */
/* store-kill.c: the store's writer is killed (SIGKILL) under load, again and again, on one store.
 *
 * A child opens the store, takes letters into mailbox and queue, updates and removes queued ones, and
 * writes a line to a pipe for each thing it was told is done. The parent kills it after a random number
 * of lines; then another child opens the store and compares. Promises:
 *
 *   M NAME      a letter is in the mailbox                    it is there, whole
 *   Q ID        a letter is in the queue                      it is there, whole, unless R was said
 *   U ID N      its envelope says N attempts                  N or more
 *   R ID        it is about to be removed                     there, whole, or not there
 *   G ID        it is removed                                 not there
 *
 * and whatever is in queue/ and new/ is whole, nothing is damaged, and no letter number comes twice.
 * GPO_KILL_ROUNDS says how often (20). */
#include "store/incoming.h"
#include "store/maildir.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTSTANDING 24

static char *root, *inbox, *queue_dir;
static int out; /* the child's end of the pipe */
static GpoStore *store;
static GpoSpool *spool;
static GHashTable *queued; /* the child's: ID → number of attempts */

/* Sizes and bytes follow from the number, so that a letter on disk can be judged by itself. */
static char *
letter_bytes (guint32 letter, gsize *size)
{
  *size = letter % 23 == 0 ? 300000 + letter * 7919u % 300000 : letter * 7919u % 9000;
  GString *text = g_string_sized_new (*size + 64);
  for (guint line = 0; text->len < *size; line++)
    g_string_append_printf (text, "letter %u line %u\r\n", letter, line);
  g_string_truncate (text, *size);
  return g_string_free (text, FALSE);
}

static void
open_store (GpoSpoolRecovery **recovery)
{
  g_autoptr (GError) error = NULL;
  store = gpo_store_open (root, NULL, &error);
  if (store == NULL || !gpo_store_add_host (store, "athens", &error) || !gpo_maildir_create (inbox, FALSE, &error)
      || !(spool = gpo_spool_open (store, queue_dir, recovery, &error)))
    g_error ("%s", error->message);
}

/* --- the writer --- */

static void
say (const char *format, ...)
{
  char line[300];
  va_list arguments;
  va_start (arguments, format);
  int n = g_vsnprintf (line, sizeof line, format, arguments);
  va_end (arguments);
  if (write (out, line, (gsize) n) != n)
    _exit (0);
}

static void send_letter (void);

static void
removed (const GError *error, gpointer data)
{
  if (error)
    g_error ("%s", error->message);
  say ("G %s\n", (char *) data);
  g_free (data);
}

static void
updated (const GError *error, gpointer data)
{
  if (error)
    g_error ("%s", error->message);
  say ("U %s\n", (char *) data);
  g_free (data);
}

/* Now and then one of the queued letters is tried again, or done. */
static void
change_one (void)
{
  GHashTableIter iter;
  gpointer id, attempts;
  g_hash_table_iter_init (&iter, queued);
  if (!g_hash_table_iter_next (&iter, &id, &attempts))
    return;
  if (g_random_int_range (0, 3) == 0)
    {
      g_autoptr (GpoEnvelope) envelope = gpo_envelope_new ();
      envelope->id = g_strdup (id);
      envelope->letter = gpo_spool_id_letter (id);
      gpo_envelope_add (envelope, "bob@sparta.example")->attempts = GPOINTER_TO_UINT (attempts) + 1;
      g_hash_table_iter_replace (&iter, GUINT_TO_POINTER (GPOINTER_TO_UINT (attempts) + 1));
      gpo_spool_update (spool, envelope, g_random_boolean (), updated,
                        g_strdup_printf ("%s %u", (char *) id, GPOINTER_TO_UINT (attempts) + 1));
      return;
    }
  say ("R %s\n", (char *) id);
  gpo_spool_remove (spool, id, removed, g_strdup (id));
  g_hash_table_iter_remove (&iter);
}

static void
settled (const char *const *names, guint n, const GError *error, gpointer data)
{
  if (error)
    g_error ("%s", error->message);
  for (guint i = 0; i < n; i++)
    if (g_str_has_prefix (names[i], "new/"))
      say ("M %s\n", names[i]);
    else
      {
        say ("Q %s\n", names[i]);
        g_hash_table_insert (queued, g_strdup (names[i]), NULL);
      }
  change_one ();
  send_letter ();
}

static void
send_letter (void)
{
  guint32 letter = gpo_store_next_letter (store);
  gsize size;
  g_autofree char *bytes = letter_bytes (letter, &size);
  g_autoptr (GpoEnvelope) envelope = gpo_envelope_new ();
  envelope->letter = letter;
  envelope->id = gpo_spool_make_id (letter);
  gpo_envelope_add (envelope, "bob@sparta.example");
  GpoTarget targets[2] = { { .kind = GPO_TARGET_MAILDIR, .maildir = inbox, .host = "athens.example" },
                           { .kind = GPO_TARGET_SPOOL, .spool = spool, .envelope = envelope } };
  GpoIncoming *incoming = gpo_incoming_new (store, letter);
  gpo_incoming_write (incoming, bytes, size);
  int which = g_random_int_range (0, 3);
  gpo_incoming_commit (incoming, targets + (which == 1), which == 2 ? 2 : 1, settled, NULL);
}

static void
write_until_killed (void)
{
  open_store (NULL);
  queued = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (int i = 0; i < OUTSTANDING; i++)
    send_letter ();
  for (;;)
    g_main_context_iteration (NULL, TRUE);
}

/* --- the judge --- */

static void
fail (const char *what, const char *name)
{
  printf ("FAIL: %s: %s (kept in %s)\n", what, name, root);
  exit (1);
}

static void
check_bytes (const char *path, guint32 letter)
{
  gsize size, length;
  g_autofree char *wanted = letter_bytes (letter, &size);
  g_autofree char *found = NULL;
  if (!g_file_get_contents (path, &found, &length, NULL))
    fail ("missing", path);
  if (length != size || memcmp (found, wanted, size) != 0)
    fail ("torn", path);
}

static void
check_folder (void)
{
  g_autofree char *folder = g_build_filename (inbox, "new", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GpoMaildirName parsed;
  for (const char *name; (name = g_dir_read_name (dir));)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (!gpo_maildir_parse (name, &parsed) || parsed.letter == 0)
        fail ("strange name", name);
      check_bytes (path, parsed.letter);
    }
}

/* ID → attempts of what recovery found, each letter whole. */
static GHashTable *
check_queue (GpoSpoolRecovery *recovery)
{
  GHashTable *found = g_hash_table_new (g_str_hash, g_str_equal);
  if (recovery->damaged->len)
    fail ("damaged", recovery->damaged->pdata[0]);
  for (guint i = 0; i < recovery->entries->len; i++)
    {
      GpoSpoolEntry *entry = recovery->entries->pdata[i];
      g_autofree char *path = g_strconcat (queue_dir, "/queue/", entry->envelope->id, ".letter", NULL);
      check_bytes (path, entry->envelope->letter);
      guint attempts = gpo_envelope_recipient (entry->envelope, 0)->attempts;
      g_hash_table_insert (found, entry->envelope->id, GUINT_TO_POINTER (attempts + 1));
    }
  return found;
}

/* What was said of one letter, last word last. */
static void
check_promise (GHashTable *found, GHashTable *leaving, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  const char *name = words[1];
  guint attempts = GPOINTER_TO_UINT (g_hash_table_lookup (found, name));
  g_autofree char *path = g_build_filename (inbox, name, NULL);
  switch (*words[0])
    {
    case 'M':
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        fail ("lost from the mailbox", name);
      break;
    case 'Q':
      if (!attempts && !g_hash_table_contains (leaving, name))
        fail ("lost from the queue", name);
      break;
    case 'U':
      if (attempts ? attempts - 1 < (guint) atoi (words[2]) : !g_hash_table_contains (leaving, name))
        fail ("an old envelope", line);
      break;
    case 'G':
      if (attempts)
        fail ("came back", name);
      break;
    default:
      break;
    }
}

static void
judge (GPtrArray *lines)
{
  GpoSpoolRecovery *recovery = NULL;
  open_store (&recovery);
  g_autoptr (GHashTable) found = check_queue (recovery);
  g_autoptr (GHashTable) leaving = g_hash_table_new (g_str_hash, g_str_equal);
  check_folder ();
  for (guint i = 0; i < lines->len; i++)
    if (*(char *) lines->pdata[i] == 'R')
      g_hash_table_add (leaving, (char *) lines->pdata[i] + 2);
  for (guint i = 0; i < lines->len; i++)
    check_promise (found, leaving, lines->pdata[i]);
  gpo_spool_recovery_free (recovery);
  gpo_spool_close (spool);
  gpo_store_close (store);
  exit (0);
}

/* --- the rounds --- */

/* Reads whole lines until `enough` came, then kills the writer and reads the rest. */
static void
listen_and_kill (FILE *pipe, pid_t writer, guint enough, GPtrArray *lines)
{
  char line[300];
  for (guint n = 0; fgets (line, sizeof line, pipe); n++)
    {
      if (n == enough)
        kill (writer, SIGKILL);
      if (g_str_has_suffix (line, "\n"))
        g_ptr_array_add (lines, g_strchomp (g_strdup (line)));
    }
}

static gboolean
child_ended_well (pid_t child)
{
  int status;
  return waitpid (child, &status, 0) == child && WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

static void
check_numbers (GPtrArray *lines, guint from, GHashTable *numbers, guint round)
{
  GpoMaildirName parsed;
  for (guint i = from; i < lines->len; i++)
    {
      const char *line = lines->pdata[i];
      guint32 letter = 0;
      if (*line == 'Q')
        letter = gpo_spool_id_letter (line + 2);
      else if (*line == 'M' && gpo_maildir_parse (line + 6, &parsed))
        letter = parsed.letter;
      guint before = GPOINTER_TO_UINT (g_hash_table_lookup (numbers, GUINT_TO_POINTER (letter)));
      if (letter && before && before != round + 1)
        fail ("letter number given twice", line);
      g_hash_table_insert (numbers, GUINT_TO_POINTER (letter), GUINT_TO_POINTER (round + 1));
    }
}

static void
play_round (guint round, GPtrArray *lines, GHashTable *numbers)
{
  int ends[2];
  guint before = lines->len;
  if (pipe (ends) < 0)
    g_error ("pipe");
  pid_t writer = fork ();
  if (writer == 0)
    {
      close (ends[0]);
      out = ends[1];
      write_until_killed ();
    }
  close (ends[1]);
  FILE *in = fdopen (ends[0], "r");
  listen_and_kill (in, writer, (guint) g_random_int_range (0, 600), lines);
  fclose (in);
  waitpid (writer, NULL, 0);
  check_numbers (lines, before, numbers, round);
  pid_t checker = fork ();
  if (checker == 0)
    judge (lines);
  if (!child_ended_well (checker))
    exit (1);
  printf ("round %u: killed after %u words, all kept\n", round + 1, lines->len - before);
  fflush (stdout);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  g_remove (path);
}

int
main (void)
{
  const char *wanted = g_getenv ("GPO_KILL_ROUNDS");
  guint rounds = wanted ? (guint) atoi (wanted) : 20;
  root = g_dir_make_tmp ("glasspost-kill-XXXXXX", NULL);
  inbox = g_build_filename (root, "athens", "mail", "bob", "Maildir", NULL);
  queue_dir = g_build_filename (root, "athens", "spool", NULL);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL);
  for (guint round = 0; round < rounds; round++)
    play_round (round, lines, numbers);
  remove_tree (root);
  g_free (root);
  g_free (inbox);
  g_free (queue_dir);
  return 0;
}
