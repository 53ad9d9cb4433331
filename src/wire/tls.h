/* SPDX-License-Identifier: MIT */
/* tls.h: certificates, keys and trust.
 *
 * A GpoTls says with what a connection is secured: a server's certificate, or whom a client trusts.
 * Making one does no work; the work is done at the first use, by gpo_tls_load(), or on a worker thread
 * by gpo_tls_load_in_background(), so that a server can greet its first client without waiting.
 *
 * The office has an own small certificate authority in a folder:
 *     ca.pem, ca-key.pem (mode 0600)        the authority, made once, for ten years
 *     NAME.pem (mode 0600)                  a server's certificate and key, for 397 days
 * Missing, expired or unreadable server certificates are made anew, and so is one that lacks a host
 * name or was signed by another authority. Files are written whole or not at all. ECDSA P-256.
 *
 * Thread-safe. */
#pragma once
#include "wire/connection.h"

G_BEGIN_DECLS

/* Whom a client believes. */
typedef enum
{
  GPO_TLS_TRUST_OFFICE, /* servers certified by the authority in `folder` */
  GPO_TLS_TRUST_SYSTEM, /* servers certified by the system's authorities */
  GPO_TLS_TRUST_ANY,    /* everybody, as SMTP's opportunistic STARTTLS does; gpo_connection_tls_doubt()
                         * tells what the system's or, with a folder, the office's authority would say */
} GpoTlsTrust;

/* A server named `name` (the file's name) for these host names (NULL-terminated; NULL: only `name`).
 * localhost, 127.0.0.1 and ::1 are always added. */
GpoTls *gpo_tls_new_server (const char *folder, const char *name, const char *const *host_names);
GpoTls *gpo_tls_new_client (GpoTlsTrust trust, const char *folder);
/* A client that believes servers certified by the authorities in this PEM file, and no others. */
GpoTls *gpo_tls_new_client_for (const char *ca_file);
GpoTls *gpo_tls_ref (GpoTls *tls);
void gpo_tls_unref (GpoTls *tls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoTls, gpo_tls_unref)

/* Loads or makes what is needed. Does nothing when that is done already; waits when another thread is at
 * it. FALSE and *error: the folder cannot be written, the authority is damaged … The next call tries
 * again. Without this a failure shows as the error of `secured`. */
gboolean gpo_tls_load (GpoTls *tls, GError **error);
void gpo_tls_load_in_background (GpoTls *tls);
/* Loading on another thread is counted: begins is said before the thread has it, ends when it is done.
 * Waiting for all of them is for a program that ends: GnuTLS takes its tables down then, under whoever still
 * uses them. */
void gpo_tls_work_begins (void);
void gpo_tls_work_ends (void);
void gpo_tls_await_work (void);

/* "FOLDER/ca.pem": what a foreign client must be told to trust. The caller frees. */
char *gpo_tls_ca_path (const char *folder);

G_END_DECLS
