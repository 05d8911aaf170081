/* SPDX-License-Identifier: MIT
 * discretize_dplr.c - a diagonal plus low rank system in discrete time, and the gradient of that. */
#include "ssm/discretize_dplr.h"

#include "base/status.h"

/* The share of the step that is implicit. */
static double implicit(loci_discretization discretization)
{
    return discretization == LOCI_BILINEAR ? 0.5 : discretization == LOCI_BACKWARD ? 1 : 0;
}

static inline double complex at(const double *re, const double *im, size_t i)
{
    return re[i] + I * im[i];
}

static inline void add(double *re, double *im, size_t i, double complex x)
{
    re[i] += creal(x);
    im[i] += cimag(x);
}

static inline double real_product(double complex x, double complex y) /* Re(conj(x) y) */
{
    return creal(x) * creal(y) + cimag(x) * cimag(y);
}

/* The small matrices of a copy: beta = P^* D P, rho = (I + h1 beta)^-1, tau = P^* D B. */
typedef struct {
    double beta[2][2], rho[2][2], tau[2];
} small;

static small small_matrices(const loci_system *s, size_t h, double h1)
{
    small m = {0};
    const size_t w = s->width, rank = s->rank == 1 ? 1 : 2;
    for (size_t n = 0; n < w; n++) {
        const double complex d = 1 / (1 - h1 * at(s->a_re, s->a_im, h * w + n));
        const double complex b = at(s->b_re, s->b_im, h * w + n);
        double complex p[2];
        for (size_t r = 0; r < rank; r++) p[r] = at(s->p_re, s->p_im, (r * s->copies + h) * w + n);
        for (size_t r = 0; r < rank; r++) {
            m.tau[r] += 2 * real_product(p[r], d * b);
            for (size_t k = 0; k < rank; k++) m.beta[r][k] += 2 * real_product(p[r], d * p[k]);
        }
    }
    if (rank == 1) {
        m.rho[0][0] = 1 / (1 + h1 * m.beta[0][0]);
    } else {
        const double a = 1 + h1 * m.beta[0][0], b = h1 * m.beta[0][1], c = h1 * m.beta[1][0],
                     d = 1 + h1 * m.beta[1][1];
        const double scale = 1 / (a * d - b * c);
        m.rho[0][0] = d * scale;
        m.rho[0][1] = -b * scale;
        m.rho[1][0] = -c * scale;
        m.rho[1][1] = a * scale;
    }
    return m;
}

loci_status loci_dplr_discretize(loci_dplr *out, const loci_system *s, size_t h,
                                 loci_discretization discretization, double dt, loci_error *error)
{
    if (discretization != LOCI_BILINEAR && discretization != LOCI_BACKWARD && discretization != LOCI_EULER)
        return loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "discretization is %s, under which a diagonal plus low rank system becomes dense; bilinear was "
            "expected (or backward, or euler)",
            loci_discretization_name(discretization));
    const double alpha = implicit(discretization), h1 = alpha * dt, h0 = (1 - alpha) * dt;
    const size_t w = s->width, rank = s->rank == 1 ? 1 : 2;
    const small m = small_matrices(s, h, h1);
    double kappa[2] = {0};
    for (size_t r = 0; r < rank; r++)
        for (size_t k = 0; k < rank; k++) kappa[r] += m.rho[r][k] * m.tau[k];
    for (size_t n = 0; n < w; n++) {
        const double complex a = at(s->a_re, s->a_im, h * w + n), d = 1 / (1 - h1 * a);
        double complex p[2], low = 0;
        out->z[n] = (1 + h0 * a) * d;
        for (size_t r = 0; r < rank; r++) {
            p[r] = at(s->p_re, s->p_im, (r * s->copies + h) * w + n);
            out->q[r * w + n] = d * p[r];
            low += d * p[r] * kappa[r];
        }
        for (size_t r = 0; r < rank; r++) {
            double complex g = 0;
            for (size_t k = 0; k < rank; k++) g += m.rho[r][k] * conj(p[k]);
            out->g[r * w + n] = dt * g * d;
        }
        out->b1[n] = dt * (d * at(s->b_re, s->b_im, h * w + n) - h1 * low);
    }
    return LOCI_OK;
}

void loci_dplr_backward(loci_system *gradient, const loci_dplr *grad, const loci_dplr *out,
                        const loci_system *s, size_t h, loci_discretization discretization,
                        double complex *dd)
{
    const double dt = s->dt[h], alpha = implicit(discretization), h1 = alpha * dt, h0 = (1 - alpha) * dt;
    const size_t w = s->width, rank = s->rank == 1 ? 1 : 2;
    const small m = small_matrices(s, h, h1);
    double kappa[2] = {0}, dkappa[2] = {0}, dtau[2] = {0}, drho[2][2] = {{0}}, dbeta[2][2] = {{0}};
    double ddt = 0, dh1 = 0, dh0 = 0;
    for (size_t r = 0; r < rank; r++)
        for (size_t k = 0; k < rank; k++) kappa[r] += m.rho[r][k] * m.tau[k];

    /* what reaches D, B, P and the small matrices from b1, g, q and z */
    for (size_t n = 0; n < w; n++) {
        const double complex a = at(s->a_re, s->a_im, h * w + n), b = at(s->b_re, s->b_im, h * w + n);
        const double complex d = 1 / (1 - h1 * a), db1 = grad->b1[n], dz = grad->z[n];
        double complex low = 0, sum = conj(dt * b) * db1 + conj(1 + h0 * a) * dz;
        for (size_t r = 0; r < rank; r++) {
            const size_t at_p = (r * s->copies + h) * w + n;
            const double complex q = out->q[r * w + n], p = at(s->p_re, s->p_im, at_p);
            const double complex dq = grad->q[r * w + n] - dt * h1 * kappa[r] * db1;
            low += q * kappa[r];
            dkappa[r] -= dt * h1 * real_product(q, db1);
            sum += conj(p) * dq;
            double complex dp = conj(d) * dq;
            for (size_t k = 0; k < rank; k++) { /* g_k = dt sum over r of rho_kr conj(P_r) D */
                const double complex dg = grad->g[k * w + n];
                sum += dt * m.rho[k][r] * p * dg;
                dp += dt * m.rho[k][r] * d * conj(dg);
                drho[k][r] += dt * real_product(conj(p) * d, dg);
                ddt += m.rho[k][r] * real_product(conj(p) * d, dg);
            }
            add(gradient->p_re, gradient->p_im, at_p, dp);
        }
        ddt += real_product(d * b - h1 * low, db1);
        dh1 -= dt * real_product(low, db1);
        dh0 += real_product(a * d, dz);
        add(gradient->b_re, gradient->b_im, h * w + n, conj(dt * d) * db1);
        add(gradient->a_re, gradient->a_im, h * w + n, conj(h0 * d) * dz);
        dd[n] = sum;
    }

    /* kappa = rho tau; rho is an inverse: its differential is -rho d(h1 beta) rho */
    for (size_t r = 0; r < rank; r++)
        for (size_t k = 0; k < rank; k++) {
            drho[r][k] += dkappa[r] * m.tau[k];
            dtau[k] += m.rho[r][k] * dkappa[r];
        }
    for (size_t r = 0; r < rank; r++)
        for (size_t k = 0; k < rank; k++) {
            double inner = 0;
            for (size_t i = 0; i < rank; i++)
                for (size_t j = 0; j < rank; j++) inner -= m.rho[i][r] * drho[i][j] * m.rho[k][j];
            dbeta[r][k] = h1 * inner;
            dh1 += inner * m.beta[r][k];
        }

    for (size_t n = 0; n < w; n++) {
        const double complex a = at(s->a_re, s->a_im, h * w + n), b = at(s->b_re, s->b_im, h * w + n);
        const double complex d = 1 / (1 - h1 * a);
        double complex p[2], dp[2] = {0}, db = 0, sum = dd[n];
        for (size_t r = 0; r < rank; r++) p[r] = at(s->p_re, s->p_im, (r * s->copies + h) * w + n);
        for (size_t r = 0; r < rank; r++) {
            sum += 2 * dtau[r] * p[r] * conj(b);
            db += 2 * dtau[r] * p[r] * conj(d);
            dp[r] += 2 * dtau[r] * d * b;
            for (size_t k = 0; k < rank; k++) {
                sum += 2 * dbeta[r][k] * p[r] * conj(p[k]);
                dp[r] += 2 * dbeta[r][k] * d * p[k];
                dp[k] += 2 * dbeta[r][k] * p[r] * conj(d);
            }
        }
        for (size_t r = 0; r < rank; r++)
            add(gradient->p_re, gradient->p_im, (r * s->copies + h) * w + n, dp[r]);
        add(gradient->b_re, gradient->b_im, h * w + n, db);
        add(gradient->a_re, gradient->a_im, h * w + n, conj(h1 * d * d) * sum);
        dh1 += real_product(a * d * d, sum);
    }
    gradient->dt[h] += ddt + alpha * dh1 + (1 - alpha) * dh0;
}
