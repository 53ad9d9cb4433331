/* SPDX-License-Identifier: MIT */
/* terminal-model.c: a connection, a dialogue, and lines pasted that wait for their turn.
 *
 * Bytes are sent exactly as typed, so a foreign server can be tried as well as ours. When a server grants
 * STARTTLS the handshake begins by itself; whom the certificate names is told, and not insisted on. */
#include "terminal-model.h"
#include "i18n.h"
#include "wire/connection.h"
#include "wire/tls.h"
#include <string.h>

#define CONNECT_MS (10 * 1000)

typedef struct
{
  const GpoHost *host;
  GpoRole role;
  char *words;
} Target;

struct _GpoTerminalModel
{
  GObject parent_instance;
  GpoOffice *office;
  GPtrArray *targets;   /* of Target */
  GPtrArray *addresses; /* of char *, NULL at the end */
  GpoConnection *connection;
  GpoDialogue *dialogue;
  GpoTls *tls;
  GString *heard; /* the server's line so far */
  GQueue pasted;  /* of char * */
  GpoTyping pasting;
  char *server_name;
  gboolean securing;
};

G_DEFINE_FINAL_TYPE (GpoTerminalModel, gpo_terminal_model, G_TYPE_OBJECT)

enum
{
  LINE,
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
changed (GpoTerminalModel *model)
{
  g_signal_emit (model, signals[CHANGED], 0);
}

static void
tell (GpoTerminalModel *model, GpoTerminalLine kind, const char *text)
{
  g_signal_emit (model, signals[LINE], 0, (int) kind, text);
}

static void
show_bytes (GpoTerminalModel *model, GpoTerminalLine kind, const char *bytes, gsize n)
{
  for (const char *end = bytes + n; bytes < end;)
    {
      const char *lf = memchr (bytes, '\n', (gsize) (end - bytes));
      gsize length = (gsize) ((lf ? lf + 1 : end) - bytes);
      g_autofree char *shown = gpo_dialogue_show (bytes, length);
      tell (model, kind, shown);
      bytes += length;
    }
}

/* --- sending --- */

static void
send_bytes (GpoTerminalModel *model, const GString *wire)
{
  gpo_dialogue_said (model->dialogue, wire->str, wire->len);
  show_bytes (model, GPO_TERMINAL_CLIENT, wire->str, wire->len);
  gpo_connection_send (model->connection, wire->str, wire->len);
}

static gboolean
can_send (GpoTerminalModel *model)
{
  return model->connection && gpo_connection_is_open (model->connection) && !model->securing;
}

static void
send_line (GpoTerminalModel *model, const char *line, GpoTyping how)
{
  GString *wire = gpo_dialogue_wire (model->dialogue, line, how, NULL);
  send_bytes (model, wire);
  g_string_free (wire, TRUE);
}

static void
send_pasted (GpoTerminalModel *model)
{
  while (model->pasted.length && can_send (model) && gpo_dialogue_is_ready (model->dialogue))
    {
      g_autofree char *line = g_queue_pop_head (&model->pasted);
      send_line (model, line, model->pasting);
    }
}

void
gpo_terminal_model_type (GpoTerminalModel *model, const char *line, GpoTyping how)
{
  if (!can_send (model))
    return;
  send_line (model, line, how);
  changed (model);
}

void
gpo_terminal_model_paste (GpoTerminalModel *model, const char *text, gboolean at_once, GpoTyping how)
{
  if (!can_send (model))
    return;
  if (at_once)
    {
      GString *wire = gpo_dialogue_wire_all (model->dialogue, text, how);
      send_bytes (model, wire);
      g_string_free (wire, TRUE);
    }
  else
    {
      g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
      for (char **line = lines; *line; line++)
        if (**line || line[1])
          g_queue_push_tail (&model->pasted, g_strdup (g_strchomp (*line)));
      model->pasting = how;
      send_pasted (model);
    }
  changed (model);
}

guint
gpo_terminal_model_n_pasted (GpoTerminalModel *model)
{
  return model->pasted.length;
}

/* --- what the connection tells --- */

static void
begin_tls (GpoTerminalModel *model)
{
  model->securing = TRUE;
  tell (model, GPO_TERMINAL_NOTE, _ ("the TLS handshake begins; what follows is encrypted on the wire"));
  gpo_connection_start_tls (model->connection, model->tls, GPO_TLS_CLIENT, model->server_name);
}

static void
on_connected (GpoConnection *c, const GError *error, gpointer data)
{
  GpoTerminalModel *model = data;
  g_autofree char *words
      = error ? NULL
              : g_strdup_printf (_ ("connected to %s port %u"), gpo_connection_peer_address (c),
                                 gpo_connection_peer_port (c));
  if (!error)
    tell (model, GPO_TERMINAL_NOTE, words);
  if (!error && model->securing)
    begin_tls (model);
  changed (model);
}

static void
on_received (GpoConnection *c, const guint8 *bytes, gsize n, gpointer data)
{
  GpoTerminalModel *model = data;
  gboolean wanted = gpo_dialogue_wants_tls (model->dialogue);
  gpo_dialogue_heard (model->dialogue, (const char *) bytes, n);
  g_string_append_len (model->heard, (const char *) bytes, (gssize) n);
  const char *last = memrchr (model->heard->str, '\n', model->heard->len);
  if (last)
    {
      gsize whole = (gsize) (last + 1 - model->heard->str);
      show_bytes (model, GPO_TERMINAL_SERVER, model->heard->str, whole);
      g_string_erase (model->heard, 0, (gssize) whole);
    }
  if (!wanted && gpo_dialogue_wants_tls (model->dialogue))
    begin_tls (model);
  send_pasted (model);
  changed (model);
}

static void
on_secured (GpoConnection *c, const GError *error, const char *description, gpointer data)
{
  GpoTerminalModel *model = data;
  const char *doubt = error ? NULL : gpo_connection_tls_doubt (c);
  g_autofree char *words
      = error   ? g_strdup_printf (_ ("the handshake failed: %s"), error->message)
        : doubt ? g_strdup_printf (_ ("encrypted by %s; who it is, is not sure: %s"), description, doubt)
                : g_strdup_printf (_ ("encrypted by %s"), description);
  model->securing = FALSE;
  if (gpo_dialogue_wants_tls (model->dialogue))
    gpo_dialogue_secured (model->dialogue, error == NULL);
  tell (model, GPO_TERMINAL_NOTE, words);
  send_pasted (model);
  changed (model);
}

static void
drop_connection (GpoTerminalModel *model)
{
  if (!model->connection)
    return;
  gpo_connection_set_user (model->connection, NULL, NULL);
  g_clear_pointer (&model->connection, gpo_connection_unref);
  g_queue_clear_full (&model->pasted, g_free);
  model->securing = FALSE;
}

static void
on_closed (GpoConnection *c, GpoCloseReason reason, const char *text, gpointer data)
{
  GpoTerminalModel *model = data;
  show_bytes (model, GPO_TERMINAL_SERVER, model->heard->str, model->heard->len);
  g_string_truncate (model->heard, 0);
  g_autofree char *words = g_strdup_printf (_ ("the connection is closed: %s"), text);
  tell (model, GPO_TERMINAL_NOTE, words);
  drop_connection (model);
  changed (model);
}

static const GpoConnectionUser user = {
  .connected = on_connected,
  .received = on_received,
  .secured = on_secured,
  .closed = on_closed,
};

/* --- calling --- */

static void
call (GpoTerminalModel *model, const char *address, guint16 port, GpoProtocol protocol, gboolean implicit_tls,
      const char *name)
{
  drop_connection (model);
  g_clear_pointer (&model->dialogue, gpo_dialogue_free);
  g_string_truncate (model->heard, 0);
  g_free (model->server_name);
  model->server_name = g_strdup (name);
  model->securing = implicit_tls;
  model->dialogue = gpo_dialogue_new (protocol);
  model->connection = gpo_connection_new_outgoing (address, port, CONNECT_MS, &user, model);
  changed (model);
}

void
gpo_terminal_model_call (GpoTerminalModel *model, guint i)
{
  const Target *target = model->targets->pdata[i];
  guint port = gpo_office_port (model->office, target->host, target->role);
  GpoProtocol protocol = target->role == GPO_ROLE_IMAP || target->role == GPO_ROLE_IMAPS ? GPO_PROTOCOL_IMAP
                         : target->role == GPO_ROLE_POP3                                 ? GPO_PROTOCOL_POP3
                                                                                         : GPO_PROTOCOL_SMTP;
  call (model, target->host->address, (guint16) port, protocol, target->role == GPO_ROLE_IMAPS,
        target->host->domain);
}

gboolean
gpo_terminal_model_call_address (GpoTerminalModel *model, const char *address, GpoProtocol protocol,
                                 GError **error)
{
  static const guint16 usual[] = { 0, 25, 143, 110 };
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (address, usual[protocol], error);
  if (!parsed)
    return FALSE;
  const char *name = g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed));
  call (model, name, g_network_address_get_port (G_NETWORK_ADDRESS (parsed)), protocol, FALSE, name);
  return TRUE;
}

void
gpo_terminal_model_hang_up (GpoTerminalModel *model)
{
  if (!model->connection)
    return;
  gpo_connection_abort (model->connection);
  drop_connection (model);
  tell (model, GPO_TERMINAL_NOTE, _ ("hung up, without goodbye"));
  changed (model);
}

gboolean
gpo_terminal_model_is_open (GpoTerminalModel *model)
{
  return model->connection != NULL;
}

const char *
gpo_terminal_model_get_tls (GpoTerminalModel *model)
{
  return model->connection ? gpo_connection_tls_description (model->connection) : NULL;
}

GpoDialogue *
gpo_terminal_model_get_dialogue (GpoTerminalModel *model)
{
  return model->dialogue;
}

/* --- whom one may call --- */

guint
gpo_terminal_model_n_targets (GpoTerminalModel *model)
{
  return model->targets->len;
}

const char *
gpo_terminal_model_target (GpoTerminalModel *model, guint i)
{
  return ((Target *) model->targets->pdata[i])->words;
}

const char *const *
gpo_terminal_model_addresses (GpoTerminalModel *model)
{
  return (const char *const *) model->addresses->pdata;
}

static void
target_free (gpointer data)
{
  g_free (((Target *) data)->words);
  g_free (data);
}

static void
add_host (GpoTerminalModel *model, const GpoHost *host)
{
  static const char *const names[] = { N_ ("SMTP"), N_ ("submission"), "IMAP", "IMAPS", "POP3" };
  GHashTableIter iter;
  gpointer person;
  for (int role = 0; role < GPO_N_ROLES; role++)
    {
      guint port = host->has_role[role] ? gpo_office_port (model->office, host, (GpoRole) role) : 0;
      if (!port)
        continue;
      Target *target = g_new (Target, 1);
      *target = (Target){ host, (GpoRole) role,
                          g_strdup_printf (_ ("%s %s, port %u"), host->name, _ (names[role]), port) };
      g_ptr_array_add (model->targets, target);
    }
  g_hash_table_iter_init (&iter, host->persons);
  while (g_hash_table_iter_next (&iter, NULL, &person))
    g_ptr_array_add (model->addresses,
                     g_strdup_printf ("%s@%s", ((GpoPerson *) person)->login, host->domain));
}

/* --- the object --- */

void
gpo_terminal_model_close (GpoTerminalModel *model)
{
  if (model->connection)
    gpo_connection_abort (model->connection);
  drop_connection (model);
}

static void
gpo_terminal_model_finalize (GObject *object)
{
  GpoTerminalModel *model = GPO_TERMINAL_MODEL (object);
  gpo_terminal_model_close (model);
  g_clear_pointer (&model->dialogue, gpo_dialogue_free);
  g_clear_pointer (&model->tls, gpo_tls_unref);
  g_ptr_array_unref (model->targets);
  g_ptr_array_unref (model->addresses);
  g_string_free (model->heard, TRUE);
  g_free (model->server_name);
  G_OBJECT_CLASS (gpo_terminal_model_parent_class)->finalize (object);
}

static void
gpo_terminal_model_class_init (GpoTerminalModelClass *class)
{
  G_OBJECT_CLASS (class)->finalize = gpo_terminal_model_finalize;
  signals[LINE] = g_signal_new ("line", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRING);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
gpo_terminal_model_init (GpoTerminalModel *model)
{
  model->targets = g_ptr_array_new_with_free_func (target_free);
  model->addresses = g_ptr_array_new_with_free_func (g_free);
  model->heard = g_string_new (NULL);
}

GpoTerminalModel *
gpo_terminal_model_new (GpoOffice *office)
{
  GpoTerminalModel *model = g_object_new (GPO_TYPE_TERMINAL_MODEL, NULL);
  g_autofree char *folder = office ? g_build_filename (gpo_office_store (office), "tls", NULL) : NULL;
  model->office = office;
  model->tls = gpo_tls_new_client (GPO_TLS_TRUST_ANY, folder);
  for (guint i = 0; office && i < gpo_office_world (office)->hosts->len; i++)
    add_host (model, gpo_office_world (office)->hosts->pdata[i]);
  g_ptr_array_add (model->addresses, NULL);
  return model;
}
