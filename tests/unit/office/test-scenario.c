/* SPDX-License-Identifier: MIT */
/* test-scenario.c: what a scenario says becomes a world; what is wrong is named with its place and cure. */
#include "office/scenario.h"
#include <check.h>
#include <string.h>

static GpoScenario *
read_text (const char *text, int port_base, GError **error)
{
  return gpo_scenario_read (text, strlen (text), "class.scenario", "/class", port_base, error);
}

static GpoScenario *
read_default (int port_base)
{
  g_autoptr (GError) error = NULL;
  GpoScenario *scenario = gpo_scenario_load (NULL, port_base, &error);
  ck_assert_msg (scenario != NULL, "%s", error ? error->message : "?");
  return scenario;
}

/* --- the default world --- */

static const struct
{
  const char *host;
  guint ports[GPO_N_ROLES];
} default_ports[] = {
  { "athens", { 11025, 11587, 11143, 11993, 11110 } },
  { "gateway", { 12025, 0, 0, 0, 0 } },
  { "sparta", { 13025, 13587, 13143, 13993, 13110 } },
};

START_TEST (the_default_world_has_the_ports_that_are_easy_to_remember)
{
  g_autoptr (GpoScenario) s = read_default (-1);
  GpoHost *host = gpo_world_host (s->world, default_ports[_i].host);
  ck_assert_ptr_nonnull (host);
  for (int role = 0; role < GPO_N_ROLES; role++)
    {
      ck_assert_uint_eq (host->port[role], default_ports[_i].ports[role]);
      ck_assert_int_eq (host->has_role[role], default_ports[_i].ports[role] != 0);
    }
}
END_TEST

START_TEST (another_port_base_moves_all_ports_alike)
{
  g_autoptr (GpoScenario) moved = read_default (20000);
  g_autoptr (GpoScenario) free_choice = read_default (0);
  for (int role = 0; role < GPO_N_ROLES; role++)
    {
      guint usual = default_ports[_i].ports[role];
      ck_assert_uint_eq (gpo_world_host (moved->world, default_ports[_i].host)->port[role], usual ? usual + 10000 : 0);
      ck_assert_uint_eq (gpo_world_host (free_choice->world, default_ports[_i].host)->port[role], 0);
    }
}
END_TEST

START_TEST (a_port_base_that_leads_nowhere_is_refused)
{
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (gpo_scenario_load (NULL, 63000, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "65535"));
}
END_TEST

START_TEST (the_default_people_live_where_they_live)
{
  g_autoptr (GpoScenario) s = read_default (-1);
  static const char *const people[][2]
      = { { "athens", "alice" }, { "sparta", "bob" }, { "sparta", "carol@sparta.example" } };
  for (gsize i = 0; i < G_N_ELEMENTS (people); i++)
    {
      GpoPerson *person = gpo_host_person (gpo_world_host (s->world, people[i][0]), people[i][1]);
      ck_assert_ptr_nonnull (person);
      ck_assert_str_eq (person->password, "glass");
    }
}
END_TEST

/* RFC 5321 §5.1: the gateway is the best MX of both towns, so it must know them by its own routes, and
 * nobody else may use these. */
START_TEST (letters_between_the_towns_pass_the_gateway)
{
  g_autoptr (GpoScenario) s = read_default (-1);
  static const char *const towns[] = { "athens", "sparta" };
  for (gsize i = 0; i < G_N_ELEMENTS (towns); i++)
    {
      GpoHost *town = gpo_world_host (s->world, towns[i]);
      GpoZoneEntry *zone = g_hash_table_lookup (s->world->zone, town->domain);
      ck_assert_uint_eq (zone->mx->len, 2);
      GpoMx *best = zone->mx->pdata[0], *second = zone->mx->pdata[1];
      ck_assert_str_eq (best->exchange, "gateway.example");
      ck_assert_uint_eq (best->preference, 10);
      ck_assert_str_eq (second->exchange, town->domain);
      ck_assert_uint_eq (second->preference, 20);
      ck_assert_str_eq (gpo_host_route (gpo_world_host (s->world, "gateway"), town->domain), town->name);
      ck_assert_ptr_null (gpo_host_route (gpo_world_host (s->world, towns[1 - i]), town->domain));
    }
}
END_TEST

/* --- all that can be said --- */

static const char everything[]
    = "[office]\ntitle = Räume\nspeed = 60\nstart = 2025-03-01T09:00:00Z\ntrace = "
      "out/t.trace\nlimit-recipients = 3\n"
      "limit-letter = 10M\n"
      "[host troy]\ndomain = Troy.Example\nroles = smtp, imap\naddress = 127.0.0.2\nport-base = "
      "21000\nport-imap = 2143\n"
      "tls = required\nbare-lf = accept\nvrfy = no\nmechanisms = plain; scram-sha-256\ngreylist = yes\n"
      "blocklist = mallory.example; 127.0.0.9\nrelay = on\nrelay-domains = troy.example\nextensions-off = "
      "chunking; size\n"
      "limit-recipients = 5\nlimit-command-timeout = 2m\ndown = true\n"
      "[host ilion]\nsmarthost = troy\nroles = smtp\n"
      "[person helen]\nat = troy.example\nname = Helen\npassword = horse\nmailboxes = Sent; Sent/2025\n"
      "[person helen@ilion]\n"
      "[alias all@troy.example]\nmembers = helen; odysseus@ithaca.example\n"
      "[mx far.example]\nmail.far.example = 5\ntroy = 1\n"
      "[route far.example]\nnext-hop = 127.0.0.1:2500\n"
      "[route near.example]\nnext-hop = [::1]:2500\nat = troy\n"
      "[retry]\nintervals = 1s, 2m, 3h\nwarn-after = 1d\ngive-up = 5d\n"
      "[fault slow]\nwhen = verb = DATA\ndo = delay 2s\ntimes = 3\n"
      "[letter 1]\nfile = a.eml\nmailbox = helen@troy.example/Sent\nflags = FS\n"
      "[letter 2]\nfile = /b.eml\nqueue = ilion\nfrom = a@b.example\nto = c@d.example; e@f.example\n";

START_TEST (a_host_is_as_the_scenario_says)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoScenario) s = read_text (everything, -1, &error);
  ck_assert_msg (s != NULL, "%s", error ? error->message : "?");
  GpoHost *troy = gpo_world_host (s->world, "troy");
  ck_assert_str_eq (troy->domain, "troy.example");
  ck_assert (troy->has_role[GPO_ROLE_SMTP] && !troy->has_role[GPO_ROLE_SUBMISSION] && troy->has_role[GPO_ROLE_IMAP]);
  ck_assert_uint_eq (troy->port[GPO_ROLE_SMTP], 21025);
  ck_assert_uint_eq (troy->port[GPO_ROLE_IMAP], 2143);
  ck_assert_str_eq (troy->address, "127.0.0.2");
  ck_assert_int_eq (troy->tls, GPO_TLS_REQUIRED);
  ck_assert_int_eq (troy->bare_lf, GPO_BARE_LF_ACCEPT);
  ck_assert (!troy->vrfy && troy->greylist && troy->relay && troy->down);
  ck_assert_str_eq (troy->mechanisms[0], "PLAIN");
  ck_assert_str_eq (troy->mechanisms[1], "SCRAM-SHA-256");
  ck_assert_str_eq (troy->blocklist[1], "127.0.0.9");
  ck_assert_str_eq (troy->relay_domains[0], "troy.example");
  ck_assert (g_hash_table_contains (troy->extensions_off, "CHUNKING"));
  ck_assert_uint_eq (troy->limits.recipients, 5);
  ck_assert_int_eq (troy->limits.letter, 10 * 1024 * 1024);
  ck_assert_uint_eq (troy->limits.command_timeout, 120);
  GpoHost *ilion = gpo_world_host (s->world, "ilion.example");
  ck_assert_uint_eq (ilion->limits.recipients, 3);
  ck_assert_uint_eq (ilion->port[GPO_ROLE_SMTP], 12025);
  ck_assert_str_eq (gpo_host_route (ilion, "nowhere.example"), "troy");
}
END_TEST

START_TEST (the_rest_is_as_the_scenario_says)
{
  g_autoptr (GpoScenario) s = read_text (everything, -1, NULL);
  GpoHost *troy = gpo_world_host (s->world, "troy"), *ilion = gpo_world_host (s->world, "ilion");
  ck_assert_str_eq (s->world->title, "Räume");
  ck_assert_double_eq (s->speed, 60);
  ck_assert_int_eq (s->start, 1740819600 * G_GINT64_CONSTANT (1000000));
  ck_assert_str_eq (s->trace, "/class/out/t.trace");
  ck_assert_str_eq (gpo_host_person (troy, "HELEN")->password, "horse");
  ck_assert_str_eq (gpo_host_person (ilion, "helen")->password, "glass");
  GStrv members = g_hash_table_lookup (troy->aliases, "all");
  ck_assert_str_eq (members[0], "helen@troy.example");
  ck_assert_str_eq (members[1], "odysseus@ithaca.example");
  GpoZoneEntry *far = g_hash_table_lookup (s->world->zone, "far.example");
  ck_assert_str_eq (((GpoMx *) far->mx->pdata[0])->exchange, "troy.example");
  ck_assert_str_eq (gpo_host_route (troy, "FAR.example"), "127.0.0.1:2500");
  ck_assert_str_eq (gpo_host_route (troy, "near.example"), "[::1]:2500");
  ck_assert_uint_eq (s->world->retry.n_intervals, 3);
  ck_assert_int_eq (s->world->retry.intervals[1], 120 * G_USEC_PER_SEC);
  GpoScenarioFault *fault = s->faults->pdata[0];
  ck_assert_str_eq (fault->when, "verb = DATA");
  ck_assert_str_eq (fault->action, "delay 2s");
  ck_assert_uint_eq (fault->times, 3);
  GpoScenarioLetter *one = s->letters->pdata[0], *two = s->letters->pdata[1];
  ck_assert_str_eq (one->file, "/class/a.eml");
  ck_assert_str_eq (one->folder, "Sent");
  ck_assert_ptr_eq (two->queue, ilion);
  ck_assert_str_eq (two->to[1], "e@f.example");
}
END_TEST

/* --- walls --- */

static const struct
{
  int base;
  guint port;
} wall_ports[] = { { -1, 12500 }, { 20000, 22500 }, { 0, 0 } };

START_TEST (a_wall_is_as_the_scenario_says_and_moves_with_the_port_base)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoScenario) s
      = read_text ("[host troy]\n[wall pupil]\nport = 12500\nto = 127.0.0.1:2500\nprotocol = imap\n",
                   wall_ports[_i].base, &error);
  ck_assert_msg (s != NULL, "%s", error ? error->message : "?");
  ck_assert_uint_eq (s->walls->len, 1);
  const GpoScenarioWall *wall = s->walls->pdata[0];
  ck_assert_str_eq (wall->name, "pupil");
  ck_assert_uint_eq (wall->port, wall_ports[_i].port);
  ck_assert_uint_eq (wall->said_port, 12500);
  ck_assert_str_eq (wall->to_address, "127.0.0.1");
  ck_assert_uint_eq (wall->to_port, 2500);
  ck_assert_int_eq (wall->protocol, GPO_PROTOCOL_IMAP);
}
END_TEST

START_TEST (a_wall_whose_port_would_leave_the_range_is_refused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoScenario) s
      = read_text ("[host troy]\nport-base = 0\n[wall pupil]\nport = 60000\nto = 127.0.0.1:2500\n", 20000, &error);
  ck_assert_ptr_null (s);
  ck_assert_ptr_nonnull (strstr (error->message, "port in [wall pupil]"));
}
END_TEST

/* --- what is wrong --- */

#define HOST "[host troy]\n"
static const struct
{
  const char *text, *place, *words;
} wrong[] = {
  { HOST "[wall pupil]\nto = 127.0.0.1:2500\n", ":2: [wall pupil]", "port = 12500" },
  { HOST "[wall pupil]\nport = 12500\n", ":2: [wall pupil]", "to = 127.0.0.1:2500" },
  { HOST "[wall troy]\nport = 12500\nto = 127.0.0.1:2500\n", ":2: [wall troy]", "give the wall its own name" },
  { HOST "[wall pupil]\nport = 0\nto = 127.0.0.1:2500\n", ":3: port in [wall pupil]", "from 1 to 65535" },
  { HOST "[wall pupil]\nport = 12500\nto = elsewhere\n", ":4: to in [wall pupil]", "127.0.0.1:2500" },
  { HOST "[wall pupil]\nport = 12500\nto = 192.0.2.1:25\n", ":4: to in [wall pupil]", "outside = yes" },
  { HOST "[wall pupil]\nport = 12500\nto = 127.0.0.1:2500\nprotocol = nntp\n", ":5: protocol in [wall pupil]",
    "smtp, imap or pop3" },
  { "", "class.scenario", "there is no host" },
  { HOST "[hsot ilion]\n", ":2: [hsot ilion]", "did you mean \"host\"?" },
  { HOST "[planet mars]\n", ":2:", "known are: office, host" },
  { HOST "domian = troy.example\n", ":2: domian in [host troy]", "did you mean \"domain\"?" },
  { HOST "\n# words\ntls = perhaps\n", ":4: tls", "none, offered, required" },
  { HOST "tls = none\ntls = none\n", ":3:", "already, on line 2" },
  { HOST HOST, ":2:", "already, on line 1" },
  { HOST "[host ilion]\ndomain = troy.example\n", ":3: domain", "host troy already" },
  { HOST "[host troy.example]\n", ":2:", "small letters" },
  { HOST "domain = -\n", ":2:", "a domain like" },
  { HOST "roles = smtp; pop\n", ":2:", "did you mean \"pop3\"?" },
  { HOST "roles = smtp\nport-imap = 1\n", ":3:", "add imap to its roles" },
  { HOST "port-smtp = 70000\n", ":2:", "from 1 to 65535" },
  { HOST "port-base = 64950\n", ":2:", "65535 is the last" },
  { HOST "port-smtp = 9\nport-imap = 9\n", ":3: port-imap", "smtp of troy has port 9 already" },
  { HOST "[host ilion]\nport-base = 11000\n", ":2:", "smtp of troy has port 11025" },
  { HOST "address = ilion\n", ":2:", "numeric address" },
  { HOST "address = 0.0.0.0\n", ":2: address", "outside = yes" },
  { "[office]\noutside = yes\n" HOST "address = 0.0.0.0\n[person helen]\nat = troy\n", ":4: address", "toy password" },
  { HOST "smarthost = mail.real.example:25\n", ":2: smarthost", "outside loopback" },
  { HOST "smarthost = ilion\n", ":2: smarthost", "no host \"ilion\"" },
  { HOST "smarthost = troy\n", ":2: smarthost", "its own next hop" },
  { HOST "real-dns = yes\n", ":2: real-dns", "outside loopback" },
  { HOST "[route a.example]\nnext-hop = 192.0.2.1:25\n", ":3: next-hop", "outside loopback" },
  { HOST "[route a.example]\nat = troy\nnext-hop = 192.0.2.1:25\n", ":4: next-hop", "outside loopback" },
  { HOST "[route a.example]\nnext-hop = tory\n", ":3: next-hop", "did you mean \"troy\"?" },
  { HOST "[route a.example]\n", ":2:", "needs the key next-hop" },
  { HOST "mechanisms = GSSAPI\n", ":2:", "known are: SCRAM-SHA-256" },
  { HOST "limit-recipients = many\n", ":2:", "a number from 1 to" },
  { HOST "limit-command-line = 100\n", ":2:", "from 512 to" },
  { HOST "limit-letter = 99999999999999999999\n", ":2:", "a number of bytes" },
  { HOST "vrfy = maybe\n", ":2:", "yes or no" },
  { HOST "relay-domains = a.example\n", ":2:", "relay = yes" },
  { HOST "vrfy\n", ":2:", "neither a [group]" },
  { HOST "= x\n", ":2:", "neither a [group]" },
  { "vrfy = yes\n" HOST, ":1:", "before the first [group]" },
  { HOST "domain = a\\qb.example\n", ":2:", "backslash" },
  { HOST "[office]\nspeed = -1\n", ":3: speed", "from 0" },
  { HOST "[office]\nspeed = nan\n", ":3: speed", "from 0" },
  { HOST "[office]\nstart = yesterday\n", ":3: start", "2025-03-01" },
  { HOST "[office x]\n", ":2:", "write [office]" },
  { HOST "[host]\n", ":2:", "[host NAME]" },
  { HOST "[person helen]\nat = tory\n", ":3: at", "did you mean \"troy\"?" },
  { HOST "[person helen]\n", ":2:", "needs the key at" },
  { HOST "[person Helen]\nat = troy\n[person helen]\nat = troy\n", ":4:", "a helen at troy already" },
  { HOST "[person ../x]\nat = troy\n", ":2:", "a person's name" },
  { HOST "[person helen]\nat = troy\nmailboxes = ../x\n", ":4: mailboxes", "will not do" },
  { HOST "[alias all]\nmembers = helen\n", ":2:", "needs an address" },
  { HOST "[alias all@x@troy]\nmembers = a@a.example\n", ":2:", "before the @" },
  { HOST "[alias a b@troy]\nmembers = a@a.example\n", ":2:", "before the @" },
  { HOST "[alias all@troy]\nmembers = ;\n", ":3:", "names nobody" },
  { HOST "[alias all@troy]\nmembers = a b\n", ":3:", "no address" },
  { HOST "[alias all@troy]\nmembers = helen\n", ":3: members", "no helen@troy.example at troy" },
  { HOST "[alias all@troy.example]\nmembers = all\n", ":3: members", "in a circle" },
  { HOST "[alias a@troy]\nmembers = x@a.example; b\n[alias b@troy]\nmembers = nobody\n", ":3: members", "no nobody@" },
  { HOST "[person all]\nat = troy\n[alias all@troy]\nmembers = b\n", ":4:", "is a person" },
  { HOST "[mx a.example]\n", ":2:", "needs at least one host" },
  { HOST "[mx a.example]\ntroy = first\n", ":3: troy", "lowest" },
  { HOST "[mx a.example]\ntory = 1\n", ":3: tory", "did you mean \"troy\"?" },
  { HOST "[mx troy]\ntroy = 1\n[mx troy.example]\ntroy = 1\n", ":4:", "there already" },
  { HOST "[retry]\nintervals = often\n", ":3:", "5m, 30m, 2h" },
  { HOST "[retry]\ngive-up = never\n", ":3:", "a time like" },
  { HOST "[fault a]\nwhen = smtp\n", ":2:", "needs the key do" },
  { HOST "[letter 1]\nfile = a\n", ":2:", "either a mailbox" },
  { HOST "[letter 1]\nfile = a\nmailbox = helen@troy\n", ":4:", "no helen at troy" },
  { HOST "[letter 1]\nfile = a\nqueue = troy\n", ":2:", "its envelope" },
  { HOST "vrfy = yes\n\xff\n", ":3:", "UTF-8" },
};

START_TEST (what_is_wrong_is_named_with_place_and_cure)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoScenario) s = read_text (wrong[_i].text, -1, &error);
  ck_assert_msg (s == NULL, "taken: %s", wrong[_i].text);
  ck_assert (g_error_matches (error, GPO_SCENARIO_ERROR, GPO_SCENARIO_ERROR_WRONG));
  ck_assert_msg (strstr (error->message, wrong[_i].place) != NULL, "no \"%s\" in: %s", wrong[_i].place, error->message);
  ck_assert_msg (strstr (error->message, wrong[_i].words) != NULL, "no \"%s\" in: %s", wrong[_i].words, error->message);
}
END_TEST

START_TEST (outside_is_allowed_when_asked_for_with_own_passwords)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoScenario) s = read_text ("[office]\noutside = yes\n[host troy]\naddress = 0.0.0.0\nreal-dns = yes\n"
                                         "[person helen]\nat = troy\npassword = horse\n",
                                         -1, &error);
  ck_assert_msg (s != NULL, "%s", error ? error->message : "?");
}
END_TEST

START_TEST (a_missing_file_is_named)
{
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (gpo_scenario_load ("/nowhere/class.scenario", -1, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "/nowhere/class.scenario"));
}
END_TEST

/* --- durations --- */

static const struct
{
  const char *text;
  gint64 us;
  const char *back;
} durations[] = {
  { "90", 90000000, "1m30s" },
  { "5m", 300000000, "5m" },
  { "2h", 7200000000, "2h" },
  { "4d", 345600000000, "4d" },
  { "250ms", 250000, "250ms" },
  { "0", 0, "0s" },
  { "", -1, NULL },
  { "m", -1, NULL },
  { "5x", -1, NULL },
  { "-5m", -1, NULL },
  { "9999999999999", -1, NULL },
};

START_TEST (durations_are_read_and_written)
{
  gint64 us = -1;
  ck_assert_int_eq (gpo_duration_parse (durations[_i].text, &us), durations[_i].back != NULL);
  if (durations[_i].back)
    {
      g_autofree char *back = gpo_duration_text (us);
      ck_assert_int_eq (us, durations[_i].us);
      ck_assert_str_eq (back, durations[_i].back);
    }
}
END_TEST

/* --- the documentation --- */

/* docs/scenario.md has a heading for each kind of group, and under it a line for each of its keys. */
START_TEST (every_key_is_documented)
{
  g_autofree char *path = g_build_filename (g_getenv ("GPO_SOURCE_ROOT"), "docs", "scenario.md", NULL);
  g_autofree char *text = NULL;
  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  for (const GpoScenarioWord *word = gpo_scenario_words (); word->group; word++)
    {
      g_autofree char *heading = g_strdup_printf ("\n## [%s", word->group);
      g_autofree char *key = g_strdup_printf ("\n| `%s` |", strcmp (word->key, "*") == 0 ? "HOST" : word->key);
      const char *section = strstr (text, heading);
      ck_assert_msg (section != NULL, "docs/scenario.md has no section [%s]", word->group);
      const char *end = strstr (section + 1, "\n## ");
      g_autofree char *part = end ? g_strndup (section, (gsize) (end - section)) : g_strdup (section);
      ck_assert_msg (strstr (part, key) != NULL, "docs/scenario.md does not describe %s of [%s]", word->key, word->group);
    }
}
END_TEST

/* The examples of the documentation, put together, are a world. */
START_TEST (the_example_in_the_documentation_is_a_scenario)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (g_getenv ("GPO_SOURCE_ROOT"), "docs", "scenario.md", NULL);
  g_autofree char *text = NULL;
  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  g_autoptr (GString) example = g_string_new (NULL);
  for (const char *at = strstr (text, "```ini\n"), *end; at; at = strstr (end, "```ini\n"))
    {
      at += strlen ("```ini\n");
      end = strstr (at, "```");
      g_string_append_len (example, at, end - at);
    }
  g_autoptr (GpoScenario) s = read_text (example->str, -1, &error);
  ck_assert_msg (s != NULL, "%s", error ? error->message : "?");
  ck_assert_uint_ge (s->world->hosts->len, 2);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("scenario");
  TCase *c = tcase_create ("scenario");
  tcase_add_loop_test (c, the_default_world_has_the_ports_that_are_easy_to_remember, 0, G_N_ELEMENTS (default_ports));
  tcase_add_loop_test (c, another_port_base_moves_all_ports_alike, 0, G_N_ELEMENTS (default_ports));
  tcase_add_test (c, a_port_base_that_leads_nowhere_is_refused);
  tcase_add_test (c, the_default_people_live_where_they_live);
  tcase_add_test (c, letters_between_the_towns_pass_the_gateway);
  tcase_add_test (c, a_host_is_as_the_scenario_says);
  tcase_add_test (c, the_rest_is_as_the_scenario_says);
  tcase_add_loop_test (c, a_wall_is_as_the_scenario_says_and_moves_with_the_port_base, 0, G_N_ELEMENTS (wall_ports));
  tcase_add_test (c, a_wall_whose_port_would_leave_the_range_is_refused);
  tcase_add_loop_test (c, what_is_wrong_is_named_with_place_and_cure, 0, G_N_ELEMENTS (wrong));
  tcase_add_test (c, outside_is_allowed_when_asked_for_with_own_passwords);
  tcase_add_test (c, a_missing_file_is_named);
  tcase_add_loop_test (c, durations_are_read_and_written, 0, G_N_ELEMENTS (durations));
  tcase_add_test (c, every_key_is_documented);
  tcase_add_test (c, the_example_in_the_documentation_is_a_scenario);
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
