using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Camshaft.Samples.Embedded;

/// <summary>Writes a health report as JSON, with what the checks say of each model.</summary>
internal static class HealthAnswer
{
    public static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        Status = report.Status.ToString(),
        Checks = report.Entries.ToDictionary(
            static entry => entry.Key,
            static entry => new { Status = entry.Value.Status.ToString(), entry.Value.Description, entry.Value.Data }),
    });
}
