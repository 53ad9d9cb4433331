/* SPDX-License-Identifier: MIT */
/* test-imap-three.c: three IMAP sessions over one mailbox, and a local reader beside them.
 *
 * Each client keeps a picture of the mailbox, rebuilt from the server's responses alone: EXISTS, EXPUNGE, FETCH, and its own
 * silent STOREs. After any sequence of random commands, and one NOOP each, every picture equals the mailbox. On the way, no
 * EXPUNGE comes while FETCH, STORE or SEARCH is answered, and none between commands but in IDLE (RFC 3501 §7.4.1). */
#include "../../support/paper-mailboxes.h"
#include <check.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  guint32 uid, flags; /* uid 0: not known yet */
} Known;

typedef struct
{
  PaperClient *client;
  GArray *picture; /* of Known */
  guint tag;
  guint fetching; /* the letter the last FETCH response was about */
  gboolean idle;
} Reader;

static const struct
{
  const char *word;
  guint32 bit;
} flag_words[] = { { "\\Seen", 1 }, { "\\Answered", 2 }, { "\\Flagged", 4 }, { "\\Deleted", 8 }, { "\\Draft", 16 } };

static guint32
read_flags (const char *list)
{
  guint32 flags = 0;
  const char *end = strchr (list, ')');
  for (guint i = 0; i < G_N_ELEMENTS (flag_words); i++)
    {
      const char *at = strstr (list, flag_words[i].word);
      if (at && at < end)
        flags |= flag_words[i].bit;
    }
  return flags;
}

static void
hear_fetch (Reader *reader, guint number, const char *line)
{
  ck_assert_msg (number >= 1 && number <= reader->picture->len, "FETCH of %u, of %u: %s", number, reader->picture->len,
                 line);
  Known *known = &g_array_index (reader->picture, Known, number - 1);
  reader->fetching = number;
  const char *flags = strstr (line, "FLAGS ("), *uid = strstr (line, "UID ");
  if (uid)
    {
      guint32 told = (guint32) g_ascii_strtoull (uid + 4, NULL, 10);
      ck_assert_msg (!known->uid || known->uid == told, "letter %u was UID %u and is %u", number, known->uid, told);
      known->uid = told;
    }
  if (flags)
    known->flags = read_flags (flags);
}

static void
hear_line (Reader *reader, const char *line, gboolean expunge_allowed)
{
  guint number;
  char word[16];
  if (g_str_has_prefix (line, " FLAGS (")) /* behind a literal: the response goes on */
    hear_fetch (reader, reader->fetching, line);
  if (sscanf (line, "* %u %15s", &number, word) != 2)
    return;
  if (strcmp (word, "EXISTS") == 0)
    {
      ck_assert_uint_ge (number, reader->picture->len);
      g_array_set_size (reader->picture, number);
    }
  else if (strcmp (word, "EXPUNGE") == 0)
    {
      ck_assert_msg (expunge_allowed, "%s comes where it must not", line);
      ck_assert (number >= 1 && number <= reader->picture->len);
      g_array_remove_index (reader->picture, number - 1);
    }
  else if (strcmp (word, "FETCH") == 0)
    hear_fetch (reader, number, line);
}

static void
hear (Reader *reader, const char *said, gboolean expunge_allowed)
{
  g_auto (GStrv) lines = g_strsplit (said, "\r\n", -1);
  for (char **line = lines; *line; line++)
    hear_line (reader, *line, expunge_allowed);
}

/* One command; its tagged reply must be OK or NO, and the last line. */
static gboolean
ask (Reader *reader, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *command = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *line = g_strdup_printf ("t%u %s", ++reader->tag, command), *done = g_strdup_printf ("t%u ", reader->tag);
  gboolean may = !g_str_has_prefix (command, "FETCH") && !g_str_has_prefix (command, "STORE")
                 && !g_str_has_prefix (command, "SEARCH");
  g_autofree char *early = paper_client_take (reader->client);
  hear (reader, early, reader->idle);
  g_autofree char *said = paper_client_ask (reader->client, line);
  hear (reader, said, may);
  g_autofree char *in_middle = g_strconcat ("\r\n", done, NULL);
  char *tagged = g_str_has_prefix (said, done) ? said : strstr (said, in_middle);
  ck_assert_msg (tagged != NULL, "%s: %s", line, said);
  tagged = strstr (tagged, done) + strlen (done);
  ck_assert_msg (g_str_has_prefix (tagged, "OK") || g_str_has_prefix (tagged, "NO"), "%s: %s", line, said);
  return *tagged == 'O';
}

/* As clients do: what is new is looked at. */
static void
look_at_new (Reader *reader)
{
  for (guint i = 0; i < reader->picture->len; i++)
    if (g_array_index (reader->picture, Known, i).uid == 0)
      {
        ask (reader, "FETCH %u:%u (UID FLAGS)", i + 1, reader->picture->len);
        return;
      }
}

/* --- what is done at random --- */

static void
store (Reader *reader, GRand *rand)
{
  guint n = reader->picture->len, flag = (guint) g_rand_int_range (rand, 0, 5), how = (guint) g_rand_int_range (rand, 0, 3);
  guint first = (guint) g_rand_int_range (rand, 1, (gint32) n + 1), more = (guint) g_rand_int_range (rand, 0, 4),
        last = MIN (n, first + more);
  gboolean silent = g_rand_boolean (rand);
  static const char *const modes[] = { "", "+", "-" };
  if (!ask (reader, "STORE %u:%u %sFLAGS%s (%s)", first, last, modes[how], silent ? ".SILENT" : "", flag_words[flag].word))
    return;
  for (guint i = first; silent && i <= last; i++)
    {
      Known *known = &g_array_index (reader->picture, Known, i - 1);
      guint32 bit = flag_words[flag].bit;
      known->flags = how == 0 ? bit : how == 1 ? known->flags | bit : known->flags & ~bit;
    }
}

static void
idle_or_done (Reader *reader)
{
  if (!reader->idle)
    {
      g_autofree char *line = g_strdup_printf ("t%u IDLE", ++reader->tag);
      g_autofree char *said = paper_client_ask (reader->client, line);
      reader->idle = TRUE;
      hear (reader, said, TRUE);
      return;
    }
  g_autofree char *said = paper_client_ask (reader->client, "DONE");
  hear (reader, said, TRUE);
  reader->idle = FALSE;
}

static void
act (Reader *reader, GRand *rand)
{
  guint n = reader->picture->len;
  if (reader->idle || g_rand_int_range (rand, 0, 12) == 0)
    {
      idle_or_done (reader);
      return;
    }
  if (n == 0 || g_rand_int_range (rand, 0, 5) == 0)
    {
      g_autofree char *line = g_strdup_printf ("t%u APPEND Test {%u+}\r\nSubject: x\r\n\r\nx\r\n", ++reader->tag, 17u);
      g_autofree char *said = paper_client_ask (reader->client, line);
      hear (reader, said, TRUE);
      return;
    }
  guint some = (guint) g_rand_int_range (rand, 1, (gint32) n + 1);
  guint32 uid = g_array_index (reader->picture, Known, some - 1).uid;
  switch (g_rand_int_range (rand, 0, 11))
    {
    case 0:
    case 1:
    case 2:
      store (reader, rand);
      break;
    case 3:
      ask (reader, "EXPUNGE");
      break;
    case 4:
      ask (reader, uid ? "UID EXPUNGE %u:*" : "NOOP", uid);
      break;
    case 5:
      ask (reader, "FETCH %u (UID FLAGS)", some);
      break;
    case 6:
      ask (reader, "FETCH %u:%u BODY[]", some, n);
      break;
    case 7:
      ask (reader, "SEARCH TEXT x");
      break;
    case 8:
      ask (reader, "COPY %u Test", some);
      break;
    case 9:
      ask (reader, uid ? "UID MOVE %u Other" : "NOOP", uid);
      break;
    default:
      ask (reader, "NOOP");
    }
}

/* A local reader flags or deletes, the post office delivers. */
static void
nature (PaperCounter *paper, GpoMailbox *mailbox, GRand *rand)
{
  guint32 slot = mailbox->n_slots ? (guint32) g_rand_int_range (rand, 0, (gint32) mailbox->n_slots) : 0;
  int what = g_rand_int_range (rand, 0, 3);
  if (what == 0 || mailbox->n_slots == 0)
    paper_deliver (mailbox, "Subject: new\r\n\r\nnew\r\n", -1, 0);
  else if (what == 1)
    gpo_mailbox_store (mailbox, &slot, 1, GPO_STORE_ADD, GPO_FLAG_FLAGGED, G_MAXUINT64, NULL, NULL, NULL);
  else
    gpo_mailbox_expunge (mailbox, &slot, 1, NULL, NULL, NULL);
  paper_run (paper);
}

static void
picture_equals_mailbox (Reader *reader, GpoMailbox *mailbox, guint who)
{
  ck_assert_msg (reader->picture->len == mailbox->n_messages, "client %u knows %u letters of %u", who, reader->picture->len,
                 mailbox->n_messages);
  guint i = 0;
  for (guint32 slot = 0; slot < mailbox->n_slots; slot++)
    {
      const GpoMessage *message = gpo_mailbox_message (mailbox, slot);
      if (message->flags & GPO_FLAG_EXPUNGED)
        continue;
      const Known *known = &g_array_index (reader->picture, Known, i++);
      ck_assert_msg (known->uid == message->uid, "client %u: letter %u is UID %u, not %u", who, i, message->uid, known->uid);
      ck_assert_msg (known->flags == (message->flags & GPO_FLAGS_SYSTEM), "client %u: UID %u has flags %x, not %x", who,
                     message->uid, message->flags, known->flags);
    }
}

static void
settle (Reader *reader)
{
  if (reader->idle)
    idle_or_done (reader);
  look_at_new (reader);
  ask (reader, "NOOP");
  look_at_new (reader);
}

START_TEST (pictures_equal_the_mailbox)
{
  PaperCounter *paper = paper_counter_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) _i + 1);
  Reader readers[3];
  GpoMailbox *mailbox = NULL;
  paper->slow_append = _i % 2;
  for (guint r = 0; r < 3; r++)
    {
      readers[r] = (Reader){ paper_client_imap (paper, r + 1), g_array_new (FALSE, TRUE, sizeof (Known)), 0, 0, FALSE };
      ask (&readers[r], "LOGIN bob glass");
      if (r == 0)
        {
          ask (&readers[r], "CREATE Test");
          ask (&readers[r], "CREATE Other");
          mailbox = paper_mailbox (paper, "Test");
        }
      ask (&readers[r], "SELECT Test");
    }
  for (guint step = 0; step < 300; step++)
    {
      Reader *reader = &readers[g_rand_int_range (rand, 0, 3)];
      if (!reader->idle)
        look_at_new (reader);
      act (reader, rand);
      if (g_rand_int_range (rand, 0, 6) == 0)
        nature (paper, mailbox, rand);
    }
  for (guint r = 0; r < 3; r++)
    settle (&readers[r]);
  /* Fetching what was new may have shown more; once more round. */
  for (guint r = 0; r < 3; r++)
    {
      settle (&readers[r]);
      picture_equals_mailbox (&readers[r], mailbox, r);
    }
  for (guint r = 0; r < 3; r++)
    {
      paper_client_free (readers[r].client);
      g_array_unref (readers[r].picture);
    }
  gpo_mailbox_unref (mailbox);
  paper_counter_free (paper);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("imap-three");
  TCase *c = tcase_create ("property");
  tcase_set_timeout (c, 60);
  tcase_add_loop_test (c, pictures_equal_the_mailbox, 0, 30);
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
