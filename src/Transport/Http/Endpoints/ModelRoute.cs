using System.Globalization;
using Camshaft.Engine.Models;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>The model and the version that a path names.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Version">The version, or <see cref="ModelRegistry.HighestReady"/> when the path names none.</param>
internal readonly record struct ModelRoute(string Name, long Version)
{
    public static ModelRoute Of(HttpContext context)
    {
        var values = context.Request.RouteValues;
        var name = (string)values["model"]!;
        if (values["version"] is not string version)
        {
            return new ModelRoute(name, ModelRegistry.HighestReady);
        }

        return long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new ModelRoute(name, number)
            : throw new InvalidRequestException($"Model '{name}': the version '{version}' is no number.");
    }

    /// <summary>Finds the version, ready or not.</summary>
    /// <exception cref="InvalidRequestException">There is none.</exception>
    public ModelVersion Find(ModelRegistry models)
    {
        InvalidRequestException.ThrowIfFailed(models.TryGetVersion(Name, Version, out var version));
        return version!;
    }
}
