/* SPDX-License-Identifier: MIT */
/* authority.c: a small certificate authority (X.509: RFC 5280), made by GnuTLS.
 *
 * What stays true: a lock on the folder (flock on FOLDER/.lock) covers all reading and making, so several
 * hosts, threads and processes agree on one authority; files appear whole; keys are readable by their owner
 * only; ca-key.pem is written before ca.pem, so an authority that has a certificate has its key. */
#include "wire/authority.h"
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <sys/file.h>
#include <unistd.h>

#define DAY (24 * 3600)
#define AUTHORITY_DAYS 3650
#define SERVER_DAYS 397

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_privkey_t, gnutls_x509_privkey_deinit, NULL)

static const char *const always[] = { "localhost", "127.0.0.1", "::1" };

static gboolean
gnutls_failed (int code, const char *path, GError **error)
{
  if (code >= 0)
    return FALSE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", path, gnutls_strerror (code));
  return TRUE;
}

/* --- PEM files --- */

static char *
to_pem (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
  GString *pem = g_string_new (NULL);
  gnutls_datum_t datum;
  if (certificate && gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &datum) == 0)
    {
      g_string_append_len (pem, (char *) datum.data, datum.size);
      gnutls_free (datum.data);
    }
  if (key
      && gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &datum) == 0)
    {
      g_string_append_len (pem, (char *) datum.data, datum.size);
      gnutls_memset (datum.data, 0, datum.size);
      gnutls_free (datum.data);
    }
  return g_string_free (pem, FALSE);
}

static gboolean
write_pem (const char *path, const char *pem, int mode, GError **error)
{
  return g_file_set_contents_full (path, pem, -1, G_FILE_SET_CONTENTS_CONSISTENT, mode, error);
}

/* NULL without *error: there is no such file. */
static char *
read_pem (const char *path, GError **error)
{
  char *pem = NULL;
  g_autoptr (GError) trouble = NULL;
  if (!g_file_get_contents (path, &pem, NULL, &trouble)
      && !g_error_matches (trouble, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_propagate_error (error, g_steal_pointer (&trouble));
  return pem;
}

static gnutls_x509_crt_t
parse_certificate (const char *pem)
{
  gnutls_datum_t datum = { (guint8 *) pem, strlen (pem) };
  g_auto (gnutls_x509_crt_t) certificate = NULL;
  if (gnutls_x509_crt_init (&certificate) < 0
      || gnutls_x509_crt_import (certificate, &datum, GNUTLS_X509_FMT_PEM) < 0)
    return NULL;
  return g_steal_pointer (&certificate);
}

static gnutls_x509_privkey_t
parse_key (const char *pem)
{
  gnutls_datum_t datum = { (guint8 *) pem, strlen (pem) };
  g_auto (gnutls_x509_privkey_t) key = NULL;
  if (gnutls_x509_privkey_init (&key) < 0
      || gnutls_x509_privkey_import2 (key, &datum, GNUTLS_X509_FMT_PEM, NULL, 0) < 0)
    return NULL;
  return g_steal_pointer (&key);
}

static gboolean
in_date (gnutls_x509_crt_t certificate)
{
  time_t now = time (NULL);
  return gnutls_x509_crt_get_activation_time (certificate) <= now
         && gnutls_x509_crt_get_expiration_time (certificate) > now + DAY;
}

/* --- making --- */

static int
make_key (gnutls_x509_privkey_t *key)
{
  int code = gnutls_x509_privkey_init (key);
  guint bits = GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1);
  return code < 0 ? code : gnutls_x509_privkey_generate (*key, GNUTLS_PK_ECDSA, bits, 0);
}

/* What every certificate has. */
static int
begin_certificate (gnutls_x509_crt_t *certificate, gnutls_x509_privkey_t key, const char *common_name,
                   int days)
{
  guint8 serial[16], key_id[20];
  gsize n = sizeof key_id;
  time_t now = time (NULL);
  int code = gnutls_x509_crt_init (certificate);
  if (code < 0 || (code = gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial)) < 0)
    return code;
  serial[0] = (serial[0] & 0x7f) | 0x40; /* positive, without a leading zero: RFC 5280 §4.1.2.2 */
  gnutls_x509_crt_t c = *certificate;
  gnutls_x509_crt_set_version (c, 3);
  gnutls_x509_crt_set_serial (c, serial, sizeof serial);
  gnutls_x509_crt_set_dn_by_oid (c, GNUTLS_OID_X520_ORGANIZATION_NAME, 0, "glasspost", strlen ("glasspost"));
  gnutls_x509_crt_set_dn_by_oid (c, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
                                 MIN (strlen (common_name), 64));
  gnutls_x509_crt_set_activation_time (c, now - DAY);
  gnutls_x509_crt_set_expiration_time (c, now + (time_t) days * DAY);
  code = gnutls_x509_crt_set_key (c, key);
  if (code >= 0 && gnutls_x509_crt_get_key_id (c, 0, key_id, &n) >= 0)
    gnutls_x509_crt_set_subject_key_id (c, key_id, n);
  return code;
}

static int
make_authority (gnutls_x509_crt_t *certificate, gnutls_x509_privkey_t *key)
{
  int code = make_key (key);
  if (code < 0
      || (code = begin_certificate (certificate, *key, "Glass Post Office authority", AUTHORITY_DAYS)) < 0)
    return code;
  gnutls_x509_crt_set_basic_constraints (*certificate, 1, 0);
  gnutls_x509_crt_set_key_usage (*certificate, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN);
  return gnutls_x509_crt_sign2 (*certificate, *certificate, *key, GNUTLS_DIG_SHA256, 0);
}

static void
add_name (gnutls_x509_crt_t certificate, const char *name)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (name);
  if (address)
    gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS,
                                          g_inet_address_to_bytes (address),
                                          g_inet_address_get_native_size (address), GNUTLS_FSAN_APPEND);
  else
    gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, name, strlen (name),
                                          GNUTLS_FSAN_APPEND);
}

static int
make_server (gnutls_x509_crt_t *certificate, gnutls_x509_privkey_t *key, gnutls_x509_crt_t ca,
             gnutls_x509_privkey_t ca_key, const char *name, const char *const *host_names)
{
  guint8 id[64];
  gsize n = sizeof id;
  int code = make_key (key);
  if (code < 0 || (code = begin_certificate (certificate, *key, name, SERVER_DAYS)) < 0)
    return code;
  for (guint i = 0; host_names[i]; i++)
    add_name (*certificate, host_names[i]);
  for (guint i = 0; i < G_N_ELEMENTS (always); i++)
    add_name (*certificate, always[i]);
  gnutls_x509_crt_set_basic_constraints (*certificate, 0, -1);
  gnutls_x509_crt_set_key_usage (*certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
  gnutls_x509_crt_set_key_purpose_oid (*certificate, GNUTLS_KP_TLS_WWW_SERVER, 0);
  if (gnutls_x509_crt_get_subject_key_id (ca, id, &n, NULL) >= 0)
    gnutls_x509_crt_set_authority_key_id (*certificate, id, n);
  return gnutls_x509_crt_sign2 (*certificate, ca, ca_key, GNUTLS_DIG_SHA256, 0);
}

/* --- the folder --- */

/* Reads the authority. FALSE without *error: there is none that is still good. *key stays NULL if only
 * the key is missing. */
static gboolean
read_authority (const char *path, const char *key_path, gnutls_x509_crt_t *ca, gnutls_x509_privkey_t *key,
                GError **error)
{
  g_autoptr (GError) trouble = NULL;
  g_autofree char *pem = read_pem (path, &trouble);
  g_autofree char *key_pem = trouble ? NULL : read_pem (key_path, &trouble);
  if (trouble)
    {
      g_propagate_error (error, g_steal_pointer (&trouble));
      return FALSE;
    }
  if (!pem)
    return FALSE;
  *ca = parse_certificate (pem);
  *key = key_pem ? parse_key (key_pem) : NULL;
  if (!*ca || (key_pem && !*key))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "%s is damaged; delete %s and %s to have a new authority made", *ca ? key_path : path,
                   path, key_path);
      return FALSE;
    }
  return in_date (*ca);
}

static gboolean
get_authority (const char *folder, gnutls_x509_crt_t *ca, gnutls_x509_privkey_t *key, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  g_autofree char *path = g_build_filename (folder, "ca.pem", NULL);
  g_autofree char *key_path = g_build_filename (folder, "ca-key.pem", NULL);
  if (read_authority (path, key_path, ca, key, &trouble))
    return TRUE;
  if (trouble)
    {
      g_propagate_error (error, g_steal_pointer (&trouble));
      return FALSE;
    }
  g_clear_pointer (ca, gnutls_x509_crt_deinit);
  g_clear_pointer (key, gnutls_x509_privkey_deinit);
  if (gnutls_failed (make_authority (ca, key), path, error))
    return FALSE;
  g_autofree char *pem = to_pem (*ca, NULL);
  g_autofree char *key_pem = to_pem (NULL, *key);
  return write_pem (key_path, key_pem, 0600, error) && write_pem (path, pem, 0644, error);
}

/* Whether NAME.pem can be served as it is. */
static gboolean
still_good (const char *pem, gnutls_x509_crt_t ca, const char *const *host_names)
{
  guint status = 0;
  g_auto (gnutls_x509_crt_t) certificate = parse_certificate (pem);
  g_auto (gnutls_x509_privkey_t) key = parse_key (pem);
  if (!certificate || !key || !in_date (certificate)
      || gnutls_x509_crt_verify (certificate, &ca, 1, 0, &status) < 0 || status != 0)
    return FALSE;
  for (guint i = 0; host_names[i]; i++)
    if (!gnutls_x509_crt_check_hostname (certificate, host_names[i]))
      return FALSE;
  return TRUE;
}

static char *
make_and_write (const char *path, gnutls_x509_crt_t ca, gnutls_x509_privkey_t ca_key, const char *name,
                const char *const *host_names, GError **error)
{
  g_auto (gnutls_x509_crt_t) certificate = NULL;
  g_auto (gnutls_x509_privkey_t) key = NULL;
  if (gnutls_failed (make_server (&certificate, &key, ca, ca_key, name, host_names), path, error))
    return NULL;
  g_autofree char *pem = to_pem (certificate, key);
  return write_pem (path, pem, 0600, error) ? g_steal_pointer (&pem) : NULL;
}

static char *
certificate_locked (const char *folder, const char *name, const char *const *host_names, GError **error)
{
  g_auto (gnutls_x509_crt_t) ca = NULL;
  g_auto (gnutls_x509_privkey_t) ca_key = NULL;
  if (!get_authority (folder, &ca, &ca_key, error))
    return NULL;
  g_autofree char *file = g_strconcat (name, ".pem", NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autofree char *pem = read_pem (path, NULL);
  if (pem && still_good (pem, ca, host_names))
    return g_steal_pointer (&pem);
  if (!ca_key)
    {
      g_set_error (
          error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
          "%s/ca-key.pem is missing, so %s cannot be made; delete %s/ca.pem to have a new authority made",
          folder, path, folder);
      return NULL;
    }
  return make_and_write (path, ca, ca_key, name, host_names, error);
}

char *
gpo_authority_certificate (const char *folder, const char *name, const char *const *host_names,
                           GError **error)
{
  g_autofree char *lock_path = g_build_filename (folder, ".lock", NULL);
  int lock
      = g_mkdir_with_parents (folder, 0700) < 0 ? -1 : open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0 || flock (lock, LOCK_EX) < 0)
    {
      int code = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   "%s: certificates cannot be kept there: %s; choose a folder you may write to", folder,
                   g_strerror (code));
      if (lock >= 0)
        close (lock);
      return NULL;
    }
  char *pem = certificate_locked (folder, name, host_names, error);
  close (lock);
  return pem;
}
