using System.Globalization;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Engine.Routing;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>The model and the version that a path names, by themselves or through an alias.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Version">The version, or <see cref="ModelRegistry.HighestReady"/> when the path names none.</param>
internal readonly record struct ModelRoute(string Name, long Version)
{
    /// <summary>The model that a path names, an alias followed to what it stands for.</summary>
    /// <exception cref="InvalidRequestException">The version is no number and no alias, or the alias stands for nothing by itself.</exception>
    public static ModelRoute Of(HttpContext context, InferenceEngine engine)
    {
        if (FindAlias(context, engine) is not { } name)
        {
            return OfNames(context);
        }

        return engine.Router.Table.TryGetAlias(name, out var alias)
            ? new ModelRoute(alias.Target.ModelName, alias.Target.Version)
            : throw new InvalidRequestException(new InferenceStatus(StatusCode.NotFound, $"Alias '{name}' stands for no model by itself: rules alone say where its requests go."));
    }

    /// <summary>The names in a path as they are.</summary>
    /// <exception cref="InvalidRequestException">The version is no number.</exception>
    public static ModelRoute OfNames(HttpContext context)
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

    /// <summary>The alias that a path names in the place of a model, or of a version; null when it names none.</summary>
    public static string? FindAlias(HttpContext context, InferenceEngine engine)
    {
        var values = context.Request.RouteValues;
        var name = (string)values["model"]!;
        var table = engine.Router.Table;
        if (values["version"] is not string version)
        {
            // A model comes first, and is the usual case: it costs no second look.
            return !engine.Models.Knows(name) && table.KnowsAlias(name) ? name : null;
        }

        if (version.Length > 0 && char.IsAsciiDigit(version[0]))
        {
            return null;
        }

        var alias = $"{name}{RouteTarget.Separator}{version}";
        return table.KnowsAlias(alias) ? alias : null;
    }

    /// <summary>Finds the version, ready or not.</summary>
    /// <exception cref="InvalidRequestException">There is none.</exception>
    public ModelVersion Find(ModelRegistry models)
    {
        InvalidRequestException.ThrowIfFailed(models.TryGetVersion(Name, Version, out var version));
        return version!;
    }
}
