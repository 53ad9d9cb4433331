/* SPDX-License-Identifier: MIT */
/* mailbox-kill.c: an office is killed (SIGKILL) during APPEND, STORE, EXPUNGE, COPY and MOVE, again and
 * again, on one Maildir.
 *
 * A child does random operations, several at a time but one a letter, and writes a line to a pipe when one
 * begins (small letter) and when it is answered (capital). The parent kills it after some lines; another
 * child opens the mailboxes and says what is there. Promises:
 *
 *     what was answered is so; what was only begun is done or not, never half;
 *     no letter is lost, none is twice in a mailbox, every one is whole;
 *     a UID is never another letter's, and UIDVALIDITY stays.
 *
 * GPO_KILL_ROUNDS says how often (20). */
#include "store/mailbox-maildir.h"
#include "store/maildir.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTSTANDING 12

static char *root, *path;
static int out; /* the child's end of the pipe */
static GpoStore *store;
static GpoMailboxes *mailboxes;
static GpoMailbox *boxes[2]; /* INBOX, Other */

static void
say (const char *format, ...)
{
  char line[200];
  va_list arguments;
  va_start (arguments, format);
  int n = g_vsnprintf (line, sizeof line, format, arguments);
  va_end (arguments);
  if (write (out, line, (gsize) n) != n)
    _exit (0);
}

static char *
letter_text (guint32 letter)
{
  GString *text = g_string_new (NULL);
  g_string_printf (text, "Subject: %u\r\n\r\n", letter);
  for (guint i = 0; i < letter * 7u % 90; i++)
    g_string_append_printf (text, "line %u of letter %u\r\n", i, letter);
  return g_string_free (text, FALSE);
}

/* --- opening --- */

static void
opened (GpoMailbox *mailbox, const GError *error, gpointer data)
{
  if (error)
    g_error ("%s", error->message);
  *(GpoMailbox **) data = mailbox;
}

static void
open_all (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *other = g_strconcat (path, "/.Other", NULL);
  store = gpo_store_open (root, NULL, &error);
  if (!store || !gpo_store_add_host (store, "athens", &error) || !gpo_maildir_create (path, FALSE, &error)
      || !gpo_maildir_create (other, TRUE, &error)
      || !(mailboxes = gpo_maildir_mailboxes_new (store, path, "athens.example", "bob", &error)))
    g_error ("%s", error->message);
  gpo_mailboxes_open (mailboxes, "INBOX", opened, &boxes[0]);
  gpo_mailboxes_open (mailboxes, "Other", opened, &boxes[1]);
  while (!boxes[0] || !boxes[1])
    g_main_context_iteration (NULL, TRUE);
}

/* --- the worker --- */

static GHashTable *busy, *copied; /* of slots in INBOX; of letter numbers */

typedef struct
{
  guint32 slot, uid, letter, flags;
} Operation;

static void start_one (void);

static void
end (Operation *operation, const GError *error)
{
  if (error)
    g_error ("%s", error->message);
  g_hash_table_remove (busy, GUINT_TO_POINTER (operation->slot + 1));
  g_free (operation);
  start_one ();
}

static void
appended (guint32 uid, const GError *error, gpointer data)
{
  say ("A %u %u\n", uid, ((Operation *) data)->letter);
  end (data, error);
}

static void
stored (const guint32 *failed, guint n, const GError *error, gpointer data)
{
  Operation *operation = data;
  say ("F %u %u\n", operation->uid, operation->flags);
  end (data, error);
}

static void
expunged (const GError *error, gpointer data)
{
  say ("X %u\n", ((Operation *) data)->uid);
  end (data, error);
}

static void
was_copied (const guint32 *slots, const guint32 *uids, guint n, const GError *error, gpointer data)
{
  say ("C %u %u\n", uids[0], ((Operation *) data)->letter);
  end (data, error);
}

static void
was_moved (const guint32 *slots, const guint32 *uids, guint n, const GError *error, gpointer data)
{
  Operation *operation = data;
  say ("M %u %u %u\n", operation->uid, uids[0], operation->letter);
  end (data, error);
}

static void
start_append (void)
{
  Operation *operation = g_new0 (Operation, 1);
  operation->slot = G_MAXUINT32 - 1;
  operation->letter = gpo_store_next_letter (store);
  g_autofree char *text = letter_text (operation->letter);
  GpoAppend *append = gpo_mailbox_append_begin (boxes[0], NULL, NULL);
  gpo_append_write (append, text, strlen (text));
  say ("a %u\n", operation->letter);
  gpo_append_commit (append, 0, 1000000000, operation->letter, appended, operation);
}

/* On a letter that is there, not busy, and has not been copied. FALSE: the dice found none. */
static gboolean
start_change (int what)
{
  guint32 n = boxes[0]->n_slots, slot = n ? (guint32) g_random_int_range (0, (gint32) n) : 0;
  const GpoMessage *m = n ? gpo_mailbox_message (boxes[0], slot) : NULL;
  if (what > 4 || !m || m->flags & GPO_FLAG_EXPUNGED || g_hash_table_contains (busy, GUINT_TO_POINTER (slot + 1)))
    return FALSE;
  if (what >= 3 && g_hash_table_contains (copied, GUINT_TO_POINTER (m->letter)))
    return FALSE;
  Operation *operation = g_new0 (Operation, 1);
  *operation = (Operation){ slot, m->uid, m->letter, (m->flags ^ 1u << g_random_int_range (0, 5)) & GPO_FLAGS_SYSTEM };
  g_hash_table_add (busy, GUINT_TO_POINTER (slot + 1));
  if (what >= 3)
    g_hash_table_add (copied, GUINT_TO_POINTER (m->letter));
  if (what < 2)
    {
      say ("f %u %u\n", m->uid, operation->flags);
      gpo_mailbox_store (boxes[0], &slot, 1, GPO_STORE_REPLACE, operation->flags, G_MAXUINT64, NULL, stored, operation);
    }
  else if (what == 2)
    {
      say ("x %u\n", m->uid);
      gpo_mailbox_expunge (boxes[0], &slot, 1, NULL, expunged, operation);
    }
  else
    {
      say ("%c %u %u\n", what == 3 ? 'c' : 'm', m->uid, m->letter);
      gpo_mailbox_copy (boxes[0], &slot, 1, boxes[1], what == 4, NULL, what == 3 ? was_copied : was_moved, operation);
    }
  return TRUE;
}

static void
start_one (void)
{
  if (!start_change (g_random_int_range (0, 8)))
    start_append ();
}

static void
work_until_killed (void)
{
  open_all ();
  busy = g_hash_table_new (NULL, NULL);
  copied = g_hash_table_new (NULL, NULL);
  for (guint32 slot = 0; slot < boxes[1]->n_slots; slot++)
    g_hash_table_add (copied, GUINT_TO_POINTER (gpo_mailbox_message (boxes[1], slot)->letter));
  for (int i = 0; i < OUTSTANDING; i++)
    start_one ();
  for (;;)
    g_main_context_iteration (NULL, TRUE);
}

/* --- the witness --- */

typedef struct
{
  guint box;
  guint32 slot;
  gboolean done;
} Look;

static void
looked (GBytes *const *letters, guint n, gpointer data)
{
  Look *look = data;
  const GpoMessage *m = gpo_mailbox_message (boxes[look->box], look->slot);
  g_autofree char *text = letter_text (m->letter);
  g_autoptr (GBytes) wanted = g_bytes_new (text, strlen (text));
  if (!letters[0] || !g_bytes_equal (letters[0], wanted))
    say ("TORN %u %u\n", look->box, m->uid);
  say ("S %u %u %u %u\n", look->box, m->uid, m->letter, m->flags);
  look->done = TRUE;
}

static void
tell_all (void)
{
  open_all ();
  for (guint box = 0; box < 2; box++)
    {
      say ("V %u %u\n", box, boxes[box]->uidvalidity);
      for (guint32 slot = 0; slot < boxes[box]->n_slots; slot++)
        {
          Look look = { box, slot, FALSE };
          gpo_mailbox_read (boxes[box], &slot, 1, 1, looked, &look);
          while (!look.done)
            g_main_context_iteration (NULL, TRUE);
        }
    }
  gpo_mailbox_unref (boxes[0]);
  gpo_mailbox_unref (boxes[1]);
  gpo_mailboxes_free (mailboxes);
  gpo_store_close (store);
  exit (0);
}

/* --- the judge --- */

/* What is known of a UID. */
typedef struct
{
  guint32 letter, flags, other_flags;
  gboolean sure;   /* it is there … */
  gboolean may_go; /* … or not */
  gboolean gone;   /* it is not */
  gboolean seen;
} Fact;

static GHashTable *facts[2]; /* UID → Fact, of all rounds */
static GHashTable *begun[2]; /* letters that may have come */
static guint32 uidvalidity[2];

static void
fail (const char *what, const char *line)
{
  printf ("FAIL: %s: %s (kept in %s)\n", what, line, root);
  exit (1);
}

static Fact *
fact_of (guint box, guint32 uid, guint32 letter)
{
  Fact *fact = g_hash_table_lookup (facts[box], GUINT_TO_POINTER (uid));
  if (!fact)
    {
      fact = g_new0 (Fact, 1);
      fact->letter = letter;
      g_hash_table_insert (facts[box], GUINT_TO_POINTER (uid), fact);
    }
  return fact;
}

static void
learn (const char *line)
{
  guint32 n[3] = { 0 };
  if (sscanf (line + 1, "%u %u %u", &n[0], &n[1], &n[2]) < 1)
    fail ("a strange line", line);
  Fact *fact = strchr ("fFxXmM", *line) ? fact_of (0, n[0], 0) : NULL;
  switch (*line)
    {
    case 'a':
      g_hash_table_add (begun[0], GUINT_TO_POINTER (n[0]));
      break;
    case 'c':
      g_hash_table_add (begun[1], GUINT_TO_POINTER (n[1]));
      break;
    case 'f':
      fact->other_flags = n[1];
      break;
    case 'F':
      fact->flags = fact->other_flags = n[1];
      break;
    case 'x':
      fact->may_go = TRUE;
      break;
    case 'X':
      fact->gone = TRUE;
      break;
    case 'm':
      fact->may_go = TRUE;
      g_hash_table_add (begun[1], GUINT_TO_POINTER (n[1]));
      break;
    case 'M':
      fact->gone = TRUE;
      fact_of (1, n[1], n[2])->sure = TRUE;
      fact_of (1, n[1], n[2])->flags = fact_of (1, n[1], n[2])->other_flags = fact->flags;
      break;
    case 'A':
      fact_of (0, n[0], n[1])->sure = TRUE;
      break;
    case 'C':
      fact_of (1, n[0], n[1])->sure = TRUE;
      break;
    default:
      fail ("a strange line", line);
    }
}

/* One letter that is there. */
static void
check_letter (const char *line, GHashTable *letters)
{
  guint32 box, uid, letter, flags;
  if (sscanf (line, "S %u %u %u %u", &box, &uid, &letter, &flags) != 4 || box > 1)
    fail ("a strange line", line);
  gboolean known = g_hash_table_contains (facts[box], GUINT_TO_POINTER (uid));
  Fact *fact = fact_of (box, uid, letter);
  if (fact->letter != letter)
    fail ("a UID has another letter", line);
  if (fact->gone)
    fail ("a letter came back", line);
  if (!known && !g_hash_table_contains (begun[box], GUINT_TO_POINTER (letter)))
    fail ("nobody added this letter", line);
  if (!g_hash_table_add (letters, GUINT_TO_POINTER (letter * 2 + box)))
    fail ("a letter is there twice", line);
  if (known && box == 0 && flags != fact->flags && flags != fact->other_flags)
    fail ("other flags", line);
  *fact = (Fact){ .letter = letter, .flags = flags, .other_flags = flags, .sure = TRUE, .seen = TRUE };
}

static void
check_all (GPtrArray *lines)
{
  g_autoptr (GHashTable) letters = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < lines->len; i++)
    {
      const char *line = lines->pdata[i];
      guint32 box, number;
      if (*line == 'T')
        fail ("a letter is torn", line);
      else if (*line == 'S')
        check_letter (line, letters);
      else if (sscanf (line, "V %u %u", &box, &number) == 2 && box < 2)
        {
          if (uidvalidity[box] && uidvalidity[box] != number)
            fail ("another UIDVALIDITY", line);
          uidvalidity[box] = number;
        }
    }
  for (guint box = 0; box < 2; box++)
    {
      GHashTableIter iter;
      gpointer uid, value;
      g_hash_table_iter_init (&iter, facts[box]);
      while (g_hash_table_iter_next (&iter, &uid, &value))
        {
          Fact *fact = value;
          g_autofree char *name = g_strdup_printf ("UID %u in mailbox %u", GPOINTER_TO_UINT (uid), box);
          if (fact->sure && !fact->seen && !fact->may_go && !fact->gone)
            fail ("a letter is lost", name);
          /* A letter that was being moved is in one of both. */
          if (fact->may_go && !fact->seen && !fact->gone && g_hash_table_contains (begun[1], GUINT_TO_POINTER (fact->letter))
              && !g_hash_table_contains (letters, GUINT_TO_POINTER (fact->letter * 2 + 1)))
            fail ("a moved letter is in neither mailbox", name);
          fact->gone |= !fact->seen;
          fact->seen = FALSE;
        }
      g_hash_table_remove_all (begun[box]);
    }
}

/* --- the rounds --- */

/* Runs `body` in a child and reads its lines; kills it after `enough` of them (0: never). */
static GPtrArray *
run_child (void (*body) (void), guint enough)
{
  int ends[2];
  char text[200];
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  if (pipe (ends) < 0)
    g_error ("pipe");
  fflush (stdout);
  pid_t child = fork ();
  if (child == 0)
    {
      close (ends[0]);
      out = ends[1];
      body ();
    }
  close (ends[1]);
  FILE *in = fdopen (ends[0], "r");
  while (fgets (text, sizeof text, in))
    {
      if (g_str_has_suffix (text, "\n"))
        g_ptr_array_add (lines, g_strchomp (g_strdup (text)));
      if (enough && lines->len == enough)
        kill (child, SIGKILL);
    }
  fclose (in);
  int status;
  waitpid (child, &status, 0);
  if (!enough && (!WIFEXITED (status) || WEXITSTATUS (status) != 0))
    fail ("the mailboxes cannot be opened", "");
  return lines;
}

static void
remove_tree (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *child = g_build_filename (folder, name, NULL);
      remove_tree (child);
    }
  g_remove (folder);
}

int
main (void)
{
  const char *wanted = g_getenv ("GPO_KILL_ROUNDS");
  guint rounds = wanted ? (guint) atoi (wanted) : 20;
  root = g_dir_make_tmp ("glasspost-mailbox-kill-XXXXXX", NULL);
  path = g_build_filename (root, "athens", "mail", "bob", "Maildir", NULL);
  for (guint box = 0; box < 2; box++)
    {
      facts[box] = g_hash_table_new_full (NULL, NULL, NULL, g_free);
      begun[box] = g_hash_table_new (NULL, NULL);
    }
  for (guint round = 0; round < rounds; round++)
    {
      g_autoptr (GPtrArray) said = run_child (work_until_killed, (guint) g_random_int_range (1, 700));
      for (guint i = 0; i < said->len; i++)
        learn (said->pdata[i]);
      g_autoptr (GPtrArray) there = run_child (tell_all, 0);
      check_all (there);
      printf ("round %u: killed after %u words; %u letters, all as answered\n", round + 1, said->len, there->len - 2);
    }
  remove_tree (root);
  for (guint box = 0; box < 2; box++)
    {
      g_hash_table_unref (facts[box]);
      g_hash_table_unref (begun[box]);
    }
  g_free (root);
  g_free (path);
  return 0;
}
