/* SPDX-License-Identifier: MIT */
/* sasl.c: SASL conversations over libgsasl: RFC 4422.
 *
 * What libgsasl leaves to its caller is here:
 *  - only the mechanisms of the list below, whatever else the library was built with;
 *  - base64, `=` for an empty initial response (RFC 4954 §4) and `*` to cancel;
 *  - LOGIN with the name as initial response, which clients send though nobody wrote it down;
 *  - an authorisation identity must be empty or the same as the authentication identity: nobody acts
 *    for somebody else here;
 *  - SCRAM's last server message comes from the library together with its "done". The protocols have no
 *    place for it but one more challenge, so it is sent as such and the empty answer is awaited.
 *
 * gsasl's callback finds its GpoSasl through the session's hook. */
#include "protocol/sasl.h"
#include <gio/gio.h>
#include <gnutls/gnutls.h>
#include <gsasl.h>
#include <string.h>

static const struct
{
  const char *name;
  gboolean client_first, shows_password;
} mechanisms[] = {
  { "SCRAM-SHA-256", TRUE, FALSE },
  { "CRAM-MD5", FALSE, FALSE },
  { "PLAIN", TRUE, TRUE },
  { "LOGIN", FALSE, TRUE },
};

struct _GpoSasl
{
  Gsasl *context;
  Gsasl_session *session;
  const char *mechanism;
  gboolean server, started;
  gboolean last_sent; /* the server's last SCRAM message is out; only an empty answer is missing */
  gboolean unknown_person, other_identity;
  GpoSaslPassword password;
  gpointer data;
  char *person;
};

/* --- the list --- */

static int
find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    if (g_ascii_strcasecmp (mechanisms[i].name, name) == 0)
      return (int) i;
  return -1;
}

const char *const *
gpo_sasl_mechanisms (void)
{
  static const char *names[G_N_ELEMENTS (mechanisms) + 1];
  static gsize once;
  if (g_once_init_enter (&once))
    {
      for (guint i = 0; i < G_N_ELEMENTS (mechanisms); i++)
        names[i] = mechanisms[i].name;
      g_once_init_leave (&once, 1);
    }
  return names;
}

const char *
gpo_sasl_mechanism (const char *name)
{
  int i = find (name);
  return i < 0 ? NULL : mechanisms[i].name;
}

gboolean
gpo_sasl_client_first (const char *mechanism)
{
  int i = find (mechanism);
  return i >= 0 && mechanisms[i].client_first;
}

char *
gpo_sasl_list (gboolean all, const char *separator)
{
  GString *list = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    if (all || !mechanisms[i].shows_password)
      g_string_append_printf (list, "%s%s", list->len ? separator : "", mechanisms[i].name);
  return g_string_free (list, FALSE);
}

/* --- what the server asks the office --- */

/* Looks the person up; notes the name and what is wrong with it. */
static const char *
look_up (GpoSasl *sasl, Gsasl_session *session)
{
  const char *person = gsasl_property_fast (session, GSASL_AUTHID);
  const char *acting_for = gsasl_property_fast (session, GSASL_AUTHZID);
  if (!person)
    return NULL;
  g_free (sasl->person);
  sasl->person = g_strdup (person);
  sasl->other_identity = acting_for && *acting_for && strcmp (acting_for, person) != 0;
  const char *password = sasl->other_identity ? NULL : sasl->password (person, sasl->data);
  sasl->unknown_person = !sasl->other_identity && !password;
  return password;
}

/* Takes as long for a near miss as for a far one. */
static gboolean
same_secret (const char *a, const char *b)
{
  gsize n = strlen (a);
  return n == strlen (b) && gnutls_memcmp (a, b, n) == 0;
}

static int
server_callback (Gsasl *context, Gsasl_session *session, Gsasl_property property)
{
  GpoSasl *sasl = gsasl_session_hook_get (session);
  const char *given, *password;
  switch (property)
    {
    case GSASL_VALIDATE_SIMPLE: /* PLAIN and LOGIN */
      given = gsasl_property_fast (session, GSASL_PASSWORD);
      password = look_up (sasl, session);
      return given && password && same_secret (given, password) ? GSASL_OK : GSASL_AUTHENTICATION_ERROR;
    case GSASL_PASSWORD: /* CRAM-MD5 and SCRAM need the password itself */
      password = look_up (sasl, session);
      if (!password)
        return GSASL_NO_PASSWORD;
      return gsasl_property_set (session, GSASL_PASSWORD, password);
    default:
      return GSASL_NO_CALLBACK;
    }
}

/* --- making --- */

static GpoSasl *
sasl_new (const char *mechanism, gboolean server, GError **error)
{
  const char *name = gpo_sasl_mechanism (mechanism);
  GpoSasl *sasl = g_new0 (GpoSasl, 1);
  int code = GSASL_UNKNOWN_MECHANISM;
  sasl->mechanism = name;
  sasl->server = server;
  if (name && (code = gsasl_init (&sasl->context)) == GSASL_OK)
    {
      gsasl_callback_set (sasl->context, server ? server_callback : NULL);
      code = server ? gsasl_server_start (sasl->context, name, &sasl->session)
                    : gsasl_client_start (sasl->context, name, &sasl->session);
    }
  if (code != GSASL_OK)
    {
      g_autofree char *list = gpo_sasl_list (TRUE, ", ");
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "no mechanism “%s”; there are %s", mechanism,
                   list);
      gpo_sasl_free (sasl);
      return NULL;
    }
  gsasl_session_hook_set (sasl->session, sasl);
  return sasl;
}

GpoSasl *
gpo_sasl_server_new (const char *mechanism, GpoSaslPassword password, gpointer data, GError **error)
{
  GpoSasl *sasl = sasl_new (mechanism, TRUE, error);
  if (sasl)
    {
      sasl->password = password;
      sasl->data = data;
    }
  return sasl;
}

GpoSasl *
gpo_sasl_client_new (const char *mechanism, const char *user, const char *password, GError **error)
{
  GpoSasl *sasl = sasl_new (mechanism, FALSE, error);
  if (sasl)
    {
      sasl->person = g_strdup (user);
      gsasl_property_set (sasl->session, GSASL_AUTHID, user);
      gsasl_property_set (sasl->session, GSASL_PASSWORD, password);
    }
  return sasl;
}

void
gpo_sasl_free (GpoSasl *sasl)
{
  if (!sasl)
    return;
  if (sasl->session)
    gsasl_finish (sasl->session);
  if (sasl->context)
    gsasl_done (sasl->context);
  g_free (sasl->person);
  g_free (sasl);
}

const char *
gpo_sasl_mechanism_of (const GpoSasl *sasl)
{
  return sasl->mechanism;
}

const char *
gpo_sasl_person (const GpoSasl *sasl)
{
  return sasl->person;
}

/* --- base64 --- */

/* base64 as RFC 4648 §4 has it, whole and padded, nothing else between: GLib's decoder skips over what
 * it does not know, a server must not. NULL if it is anything else. The result has a NUL behind it. */
static guint8 *
decode (const char *base64, gsize *n)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  gsize length = strlen (base64), letters = strspn (base64, alphabet), padding = length - letters;
  if (length % 4 != 0 || padding > 2 || strspn (base64 + letters, "=") != padding)
    return NULL;
  guint8 *bytes = g_malloc0 (length / 4 * 3 + 1);
  int state = 0;
  guint save = 0;
  *n = g_base64_decode_step (base64, length, bytes, &state, &save);
  return bytes;
}

/* --- stepping --- */

/* One step of the library; *output is base64. Its own output must be freed even when it is empty. */
static int
library_step (GpoSasl *sasl, const guint8 *bytes, gsize n, char **output)
{
  char *raw = NULL;
  gsize raw_length = 0;
  int code = gsasl_step (sasl->session, (const char *) bytes, n, &raw, &raw_length);
  if (code == GSASL_OK || code == GSASL_NEEDS_MORE)
    *output = g_base64_encode ((const guchar *) raw, raw_length);
  gsasl_free (raw);
  return code;
}

static GpoSaslStep
refuse (GpoSaslStep step, const char *why, char **explanation)
{
  if (explanation)
    *explanation = g_strdup (why);
  return step;
}

static GpoSaslStep
failed (GpoSasl *sasl, int code, char **explanation)
{
  g_autofree char *why = NULL;
  if (!sasl->server)
    why = g_strdup_printf ("the server's side of %s is wrong: %s", sasl->mechanism, gsasl_strerror (code));
  else if (sasl->other_identity)
    why = g_strdup_printf ("%s may not act for somebody else", sasl->person);
  else if (sasl->unknown_person)
    why = g_strdup_printf ("there is nobody called %s", sasl->person);
  else if (code == GSASL_AUTHENTICATION_ERROR)
    why = g_strdup_printf ("the password of %s is not that", sasl->person);
  else
    why = g_strdup_printf ("%s does not go like this: %s", sasl->mechanism, gsasl_strerror (code));
  return refuse (GPO_SASL_FAILED, why, explanation);
}

/* The server has to hear an initial response that a mechanism might not have. */
static gboolean
unexpected_initial_response (GpoSasl *sasl, const char *input)
{
  return sasl->server && !sasl->started && input && strcmp (sasl->mechanism, "CRAM-MD5") == 0;
}

static GpoSaslStep
step_bytes (GpoSasl *sasl, const guint8 *bytes, gsize n, gboolean initial, char **output, char **explanation)
{
  if (initial && strcmp (sasl->mechanism, "LOGIN") == 0) /* the name came before it was asked for */
    {
      g_autofree char *question = NULL;
      library_step (sasl, NULL, 0, &question);
    }
  int code = library_step (sasl, bytes, n, output);
  if (code == GSASL_NEEDS_MORE && initial && n == 0 && sasl->server)
    {
      g_clear_pointer (output, g_free);
      return refuse (GPO_SASL_FAILED, "the initial response is empty", explanation);
    }
  if (code == GSASL_NEEDS_MORE)
    return GPO_SASL_MORE;
  if (code != GSASL_OK)
    return failed (sasl, code, explanation);
  if (sasl->server && **output)
    {
      sasl->last_sent = TRUE;
      return GPO_SASL_MORE;
    }
  if (sasl->server)
    g_clear_pointer (output, g_free);
  return GPO_SASL_DONE;
}

GpoSaslStep
gpo_sasl_step (GpoSasl *sasl, const char *input, char **output, char **explanation)
{
  gsize n = 0;
  gboolean first = !sasl->started, initial = first && sasl->server && input;
  *output = NULL;
  if (explanation)
    *explanation = NULL;
  if (input && strcmp (input, "*") == 0)
    return refuse (GPO_SASL_CANCELLED, "the client cancelled", explanation);
  if (unexpected_initial_response (sasl, input))
    return refuse (GPO_SASL_SYNTAX, "CRAM-MD5 has no initial response: the server speaks first", explanation);
  if (initial && strcmp (input, "=") == 0)
    input = "";
  g_autofree guint8 *bytes = input ? decode (input, &n) : NULL;
  if (input && !bytes)
    return refuse (GPO_SASL_SYNTAX, "that is not base64", explanation);
  sasl->started = TRUE;
  if (!sasl->last_sent)
    return step_bytes (sasl, bytes, n, initial, output, explanation);
  if (n > 0)
    return refuse (GPO_SASL_FAILED, "the last answer must be empty", explanation);
  return GPO_SASL_DONE;
}

/* --- for the trace --- */

static void
append_readable (GString *text, const guint8 *bytes, gsize n)
{
  const char *p = (const char *) bytes, *end = p + n;
  while (p < end)
    {
      gunichar c = g_utf8_get_char_validated (p, end - p);
      if (c == (gunichar) -1 || c == (gunichar) -2 || !g_unichar_isprint (c))
        g_string_append_printf (text, "\\x%02x", (guint8) *p++);
      else
        {
          g_string_append_unichar (text, c);
          p = g_utf8_next_char (p);
        }
    }
}

/* message = [authzid] NUL authcid NUL passwd — RFC 4616 §2 */
static gboolean
append_plain (GString *text, const guint8 *bytes, gsize n)
{
  const guint8 *first = memchr (bytes, 0, n);
  const guint8 *second = first ? memchr (first + 1, 0, n - (first + 1 - bytes)) : NULL;
  if (!second)
    return FALSE;
  g_string_append (text, "authzid=");
  append_readable (text, bytes, first - bytes);
  g_string_append (text, " authcid=");
  append_readable (text, first + 1, second - first - 1);
  g_string_append (text, " password=");
  append_readable (text, second + 1, bytes + n - second - 1);
  return TRUE;
}

char *
gpo_sasl_explain (const char *mechanism, const char *base64)
{
  gsize n = 0;
  g_autofree guint8 *bytes = decode (strcmp (base64, "=") == 0 ? "" : base64, &n);
  if (!bytes)
    return NULL;
  GString *text = g_string_new (NULL);
  if (g_ascii_strcasecmp (mechanism, "PLAIN") != 0 || !append_plain (text, bytes, n))
    append_readable (text, bytes, n);
  return g_string_free (text, FALSE);
}
