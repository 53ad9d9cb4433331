/* SPDX-License-Identifier: MIT */
/* test-dialogue.c: a conversation that is typed: where it stands, what may be said, what becomes of a typed
 * line.
 *
 * A script is lines: "S: " heard, "C: " typed and sent, "=word" the state, "?typed=beginning of the hint",
 * "+typed=the completions, legal first, | in front of those that are not", "~typed=bytes as they are shown".
 */
#include "replay/dialogue.h"
#include <check.h>
#include <string.h>

#define SMTP "S: 220 hi\n"
#define READY SMTP "C: EHLO x\nS: 250 x\n"
#define IN_DATA                                                                                              \
  READY "C: MAIL FROM:<a@x.example>\nS: 250 ok\nC: RCPT TO:<b@x.example>\nS: 250 ok\nC: DATA\nS: 354 go\n"
#define IMAP "S: * OK hi\n"

typedef struct
{
  const char *rule;
  GpoProtocol protocol;
  const char *script;
  GpoTyping how;
} Case;

static const Case cases[] = {
  { "states_follow_smtp", GPO_PROTOCOL_SMTP,
    "=connected\n" SMTP "=greeted\nC: EHLO x\nS: 250 x\n=ready\nC: QUIT\nS: 221 bye\n=closed\n" },
  { "mail_before_ehlo_is_seen_before_it_is_said", GPO_PROTOCOL_SMTP,
    SMTP "?RCPT TO:<b@x>=not legal now; it would earn: “503" },
  { "legal_commands_say_their_answer", GPO_PROTOCOL_SMTP,
    READY "?mail from:<a@x>=legal now, and usually answered: “250 2.1.0" },
  { "what_is_no_command", GPO_PROTOCOL_SMTP,
    READY "?HULLO=no command, or not yet a whole one; it would earn: “500" },
  { "legal_completions_come_first", GPO_PROTOCOL_SMTP, READY "+R=RSET |RCPT TO:<\n" },
  { "paths_are_completed", GPO_PROTOCOL_SMTP, READY "+MAIL FROM:<b=MAIL FROM:<bob@sparta.example>\n" },
  { "a_dot_is_stuffed_in_a_letter", GPO_PROTOCOL_SMTP,
    IN_DATA "=data\n~.x=..x\\r\\n\n~x=x\\r\\n\n~.=.\\r\\n\n?.x=a line of the letter that begins\n" },
  { "and_only_there", GPO_PROTOCOL_SMTP, READY "~.x=.x\\r\\n\n" },
  { "not_if_one_does_not_want_it", GPO_PROTOCOL_SMTP, IN_DATA "~.x=.x\\r\\n\n", { .unstuffed = TRUE } },
  { "a_bare_lf_is_sent_where_asked_for", GPO_PROTOCOL_SMTP, READY "~NOOP=NOOP\\n\n", { .bare_lf = TRUE } },
  { "a_dot_alone_ends_the_letter", GPO_PROTOCOL_SMTP,
    IN_DATA "C: Subject: x\nC: \nC: .\nS: 250 ok\n=ready\n" },
  { "starttls_begins_a_handshake", GPO_PROTOCOL_SMTP, READY "C: STARTTLS\nS: 220 go\n=tls\n" },
  { "states_follow_imap", GPO_PROTOCOL_IMAP,
    IMAP "=not-authenticated\nC: a1 LOGIN bob glass\nS: a1 OK\n=authenticated\nC: a2 SELECT INBOX\nS: a2 "
         "OK\n=selected\n" },
  { "imap_needs_login", GPO_PROTOCOL_IMAP,
    IMAP "?a1 SELECT INBOX=not legal now; it would earn: “BAD log in first" },
  { "a_tag_is_put_in_front", GPO_PROTOCOL_IMAP,
    IMAP "C: a1 NOOP\nS: a1 OK\n+logi=a2 LOGIN \n+a7 LOGI=a7 LOGIN \n" },
  { "uid_commands_have_two_words", GPO_PROTOCOL_IMAP,
    IMAP "?a1 UID FETCH 1 (FLAGS)=not legal now\n+a1 UID F=|a1 UID FETCH 1:* (FLAGS)\n" },
  { "literals_are_counted", GPO_PROTOCOL_IMAP,
    IMAP "C: a1 LOGIN bob glass\nS: a1 OK\nC: a2 APPEND INBOX {7}\n?x=what comes next depends\nS: + go\n"
         "?hello=bytes of the literal: 7 to come, this line is 7\nC: hello\n=append\n" },
  { "idle_ends_with_done_without_tag", GPO_PROTOCOL_IMAP,
    IMAP "C: a1 LOGIN b g\nS: a1 OK\nC: a2 IDLE\nS: + idling\n=idle\n+D=DONE |a3 DELETE \n" },
  { "states_follow_pop3", GPO_PROTOCOL_POP3,
    "S: +OK hi\n=authorization\n?STAT=not legal now; it would earn: “-ERR log in first\nC: USER bob\nS: "
    "+OK\n=user\nC: PASS glass\nS: +OK\n"
    "=transaction\n?STAT=legal now\nC: QUIT\nS: +OK bye\n=closed\n" },
  { "the_end_is_said", GPO_PROTOCOL_SMTP, READY "C: QUIT\nS: 221 bye\n?NOOP=the conversation is over\n" },
};

static void
check_completions (GpoDialogue *d, const Case *c, const char *typed, const char *wanted)
{
  static const char *const people[] = { "alice@athens.example", "bob@sparta.example", NULL };
  g_autoptr (GPtrArray) found = gpo_dialogue_complete (d, typed, people);
  g_autoptr (GString) words = g_string_new (NULL);
  for (guint i = 0; i < found->len; i++)
    {
      const GpoSuggestion *one = found->pdata[i];
      g_string_append_printf (words, "%s%s%s", i ? " " : "", one->legal ? "" : "|", one->text);
    }
  ck_assert_msg (strcmp (words->str, wanted) == 0, "%s: %s completes to \"%s\", not \"%s\"", c->rule, typed,
                 words->str, wanted);
}

static void
check_wire (GpoDialogue *d, const Case *c, const char *typed, const char *wanted)
{
  GString *wire = gpo_dialogue_wire (d, typed, c->how, NULL);
  g_autofree char *shown = gpo_dialogue_show (wire->str, wire->len);
  ck_assert_msg (strcmp (shown, wanted) == 0, "%s: %s is sent as %s", c->rule, typed, shown);
  g_string_free (wire, TRUE);
}

static void
check_hint (GpoDialogue *d, const Case *c, const char *typed, const char *wanted)
{
  g_autofree char *hint = gpo_dialogue_hint (d, typed);
  ck_assert_msg (g_str_has_prefix (hint, wanted), "%s: the hint for %s is \"%s\"", c->rule, typed, hint);
}

static void
exchange (GpoDialogue *d, const Case *c, const char *line)
{
  if (line[0] == 'S')
    {
      g_autofree char *wire = g_strconcat (line + 3, "\r\n", NULL);
      gpo_dialogue_heard (d, wire, strlen (wire));
      return;
    }
  GString *wire = gpo_dialogue_wire (d, line + 3, c->how, NULL);
  gpo_dialogue_said (d, wire->str, wire->len);
  g_string_free (wire, TRUE);
}

static void
step (GpoDialogue *d, const Case *c, char *line)
{
  char *equals = *line ? strchr (line + 1, '=') : NULL;
  if (line[0] == '=')
    ck_assert_msg (strcmp (gpo_dialogue_state (d), line + 1) == 0, "%s: the state is %s, not %s", c->rule,
                   gpo_dialogue_state (d), line + 1);
  else if (line[0] == 'S' || line[0] == 'C')
    exchange (d, c, line);
  else if (equals)
    {
      *equals = '\0';
      if (line[0] == '?')
        check_hint (d, c, line + 1, equals + 1);
      else if (line[0] == '+')
        check_completions (d, c, line + 1, equals + 1);
      else
        check_wire (d, c, line + 1, equals + 1);
    }
}

START_TEST (script)
{
  const Case *c = &cases[_i];
  g_autoptr (GpoDialogue) d = gpo_dialogue_new (c->protocol);
  g_auto (GStrv) lines = g_strsplit (c->script, "\n", -1);
  for (char **line = lines; *line; line++)
    step (d, c, *line);
}
END_TEST

static void
hear (GpoDialogue *d, const char *line)
{
  gpo_dialogue_heard (d, line, strlen (line));
}

static void
say (GpoDialogue *d, const char *line)
{
  g_autofree char *wire = g_strconcat (line, "\r\n", NULL);
  gpo_dialogue_said (d, wire, strlen (wire));
}

START_TEST (a_proof_is_made_before_ones_eyes)
{
  g_autoptr (GpoDialogue) d = gpo_dialogue_new (GPO_PROTOCOL_SMTP);
  GpoProof proof;
  char *problem;
  hear (d, "220 x\r\n");
  say (d, "EHLO x");
  hear (d, "250-x\r\n250 AUTH PLAIN\r\n");
  ck_assert (gpo_dialogue_prove (d, "PLAIN", "bob", "glass", &proof, &problem));
  ck_assert_str_eq (proof.line, "AUTH PLAIN");
  say (d, proof.line);
  gpo_proof_clear (&proof);
  hear (d, "334 \r\n");
  ck_assert_int_eq (gpo_dialogue_expects (d), GPO_TYPED_ANSWER);
  ck_assert (gpo_dialogue_prove (d, "PLAIN", "bob", "glass", &proof, &problem));
  ck_assert_str_eq (proof.line, "AGJvYgBnbGFzcw==");
  ck_assert_ptr_nonnull (strstr (proof.plain, "bob"));
  say (d, proof.line);
  gpo_proof_clear (&proof);
  hear (d, "235 ok\r\n");
  ck_assert_str_eq (gpo_dialogue_state (d), "ready");
  ck_assert (!gpo_dialogue_prove (d, "NONE", "bob", "glass", &proof, &problem));
  ck_assert_ptr_nonnull (problem);
  g_free (problem);
}
END_TEST

START_TEST (a_pasted_dialogue_waits_for_replies)
{
  g_autoptr (GpoDialogue) d = gpo_dialogue_new (GPO_PROTOCOL_SMTP);
  ck_assert (!gpo_dialogue_is_ready (d));
  hear (d, "220 x\r\n");
  ck_assert (gpo_dialogue_is_ready (d));
  say (d, "EHLO x");
  ck_assert (!gpo_dialogue_is_ready (d));
  hear (d, "250-x\r\n");
  ck_assert_uint_eq (gpo_dialogue_n_awaited (d), 0);
  hear (d, "250 y\r\n");
  ck_assert (gpo_dialogue_is_ready (d));
}
END_TEST

START_TEST (what_goes_at_once_is_stuffed_behind_data)
{
  g_autoptr (GpoDialogue) d = gpo_dialogue_new (GPO_PROTOCOL_SMTP);
  GString *wire = gpo_dialogue_wire_all (d, "NOOP\n.x\nDATA\n.x\n.\n.x\n", (GpoTyping){ 0 });
  ck_assert_str_eq (wire->str, "NOOP\r\n.x\r\nDATA\r\n..x\r\n.\r\n.x\r\n");
  g_string_free (wire, TRUE);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("dialogue");
  TCase *t = tcase_create ("dialogue");
  tcase_add_loop_test (t, script, 0, G_N_ELEMENTS (cases));
  tcase_add_test (t, a_proof_is_made_before_ones_eyes);
  tcase_add_test (t, a_pasted_dialogue_waits_for_replies);
  tcase_add_test (t, what_goes_at_once_is_stuffed_behind_data);
  suite_add_tcase (s, t);
  return s;
}

#include "check-main.h"
