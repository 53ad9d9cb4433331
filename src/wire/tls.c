/* SPDX-License-Identifier: MIT */
/* tls.c: what a connection is secured with, and its loading.
 *
 * A GpoTls is a description until its first use; then it becomes GnuTLS credentials, once, shared by all
 * connections. TLS 1.2 and 1.3 are spoken, older versions are not (RFC 8996 §2). The making of
 * certificates is authority.c. */
#include "wire/tls.h"
#include "wire/authority.h"
#include "wire/channel.h"
#include <errno.h>

#define PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct _GpoTls
{
  gatomicrefcount refs;
  gboolean server;
  GpoTlsTrust trust;
  char *folder, *name;
  char *ca_file; /* a client's, instead of a folder */
  char **host_names;
  GMutex lock;
  int loaded; /* atomic */
  gnutls_certificate_credentials_t credentials;
  gnutls_priority_t priorities;
};

static GpoTls *
tls_new (const char *folder)
{
  GpoTls *tls = g_new0 (GpoTls, 1);
  g_atomic_ref_count_init (&tls->refs);
  g_mutex_init (&tls->lock);
  tls->folder = g_strdup (folder);
  return tls;
}

GpoTls *
gpo_tls_new_server (const char *folder, const char *name, const char *const *host_names)
{
  const char *const only_name[] = { name, NULL };
  GpoTls *tls = tls_new (folder);
  tls->server = TRUE;
  tls->name = g_strdup (name);
  tls->host_names = g_strdupv ((char **) (host_names ? host_names : only_name));
  return tls;
}

GpoTls *
gpo_tls_new_client (GpoTlsTrust trust, const char *folder)
{
  GpoTls *tls = tls_new (folder);
  tls->trust = trust;
  return tls;
}

GpoTls *
gpo_tls_new_client_for (const char *ca_file)
{
  GpoTls *tls = gpo_tls_new_client (GPO_TLS_TRUST_OFFICE, NULL);
  tls->ca_file = g_strdup (ca_file);
  return tls;
}

GpoTls *
gpo_tls_ref (GpoTls *tls)
{
  g_atomic_ref_count_inc (&tls->refs);
  return tls;
}

void
gpo_tls_unref (GpoTls *tls)
{
  if (!g_atomic_ref_count_dec (&tls->refs))
    return;
  g_clear_pointer (&tls->credentials, gnutls_certificate_free_credentials);
  g_clear_pointer (&tls->priorities, gnutls_priority_deinit);
  g_mutex_clear (&tls->lock);
  g_free (tls->folder);
  g_free (tls->name);
  g_free (tls->ca_file);
  g_strfreev (tls->host_names);
  g_free (tls);
}

/* Client: the authorities it believes. */
static gboolean
load_trust (GpoTls *tls, GError **error)
{
  gboolean office = tls->trust == GPO_TLS_TRUST_OFFICE || (tls->trust == GPO_TLS_TRUST_ANY && tls->folder);
  if (!office)
    {
      gnutls_certificate_set_x509_system_trust (tls->credentials);
      return TRUE;
    }
  g_autofree char *path = tls->ca_file ? g_strdup (tls->ca_file) : gpo_tls_ca_path (tls->folder);
  int n = gnutls_certificate_set_x509_trust_file (tls->credentials, path, GNUTLS_X509_FMT_PEM);
  if (n > 0 || tls->trust == GPO_TLS_TRUST_ANY)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: no certificate authority to trust (%s)%s", path,
               n < 0 ? gnutls_strerror (n) : "no certificate in it",
               tls->ca_file ? "" : "; the server makes it when it first starts");
  return FALSE;
}

static gboolean
load_server (GpoTls *tls, GError **error)
{
  g_autofree char *pem
      = gpo_authority_certificate (tls->folder, tls->name, (const char *const *) tls->host_names, error);
  if (!pem)
    return FALSE;
  gnutls_datum_t datum = { (guint8 *) pem, strlen (pem) };
  int code = gnutls_certificate_set_x509_key_mem (tls->credentials, &datum, &datum, GNUTLS_X509_FMT_PEM);
  if (code < 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s/%s.pem: %s; delete the file to have it made anew",
                 tls->folder, tls->name, gnutls_strerror (code));
  return code >= 0;
}

gboolean
gpo_tls_load (GpoTls *tls, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&tls->lock);
  if (tls->loaded)
    return TRUE;
  g_clear_pointer (&tls->credentials, gnutls_certificate_free_credentials);
  int code = gnutls_certificate_allocate_credentials (&tls->credentials);
  if (code >= 0 && !tls->priorities)
    code = gnutls_priority_init (&tls->priorities, PRIORITIES, NULL);
  if (code < 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "TLS is not available: %s", gnutls_strerror (code));
      return FALSE;
    }
  if (!(tls->server ? load_server (tls, error) : load_trust (tls, error)))
    return FALSE;
  g_atomic_int_set (&tls->loaded, TRUE);
  return TRUE;
}

static GMutex work_lock;
static GCond work_done;
static guint working;

void
gpo_tls_work_begins (void)
{
  g_mutex_lock (&work_lock);
  working++;
  g_mutex_unlock (&work_lock);
}

void
gpo_tls_work_ends (void)
{
  g_mutex_lock (&work_lock);
  working--;
  g_cond_broadcast (&work_done);
  g_mutex_unlock (&work_lock);
}

void
gpo_tls_await_work (void)
{
  g_mutex_lock (&work_lock);
  while (working > 0)
    g_cond_wait (&work_done, &work_lock);
  g_mutex_unlock (&work_lock);
}

static gpointer
background (gpointer data)
{
  GpoTls *tls = data;
  gpo_tls_load (tls, NULL); /* a failure is met again, and told, at the first use */
  gpo_tls_unref (tls);
  gpo_tls_work_ends ();
  return NULL;
}

void
gpo_tls_load_in_background (GpoTls *tls)
{
  if (gpo_tls_is_loaded (tls))
    return;
  gpo_tls_work_begins ();
  g_thread_unref (g_thread_new ("certificates", background, gpo_tls_ref (tls)));
}

gboolean
gpo_tls_is_loaded (GpoTls *tls)
{
  return g_atomic_int_get (&tls->loaded);
}

int
gpo_tls_equip (GpoTls *tls, gnutls_session_t session)
{
  int code = gnutls_priority_set (session, tls->priorities);
  return code < 0 ? code : gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, tls->credentials);
}

gboolean
gpo_tls_insists (const GpoTls *tls)
{
  return tls->trust != GPO_TLS_TRUST_ANY;
}

char *
gpo_tls_ca_path (const char *folder)
{
  return g_build_filename (folder, "ca.pem", NULL);
}
