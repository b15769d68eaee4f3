using System.Globalization;
using Camshaft.Engine.Models;
using Camshaft.Engine.Repository;

namespace Camshaft.Engine.Routing;

/// <summary>Finds out which model and version a text of a file or a call stands for. Used while a table is made.</summary>
/// <param name="models">What the repository holds.</param>
/// <param name="aliases">By name what each alias is to stand for.</param>
internal sealed class TargetResolver(IReadOnlyList<ModelDefinition> models, IReadOnlyDictionary<string, string> aliases)
{
    private readonly Dictionary<string, ModelDefinition> _models = models.ToDictionary(static model => model.Name, StringComparer.Ordinal);

    /// <summary>Whether the repository has a model of this name.</summary>
    public bool IsModel(string name) => _models.ContainsKey(name);

    /// <summary>Whether there is an alias of this name.</summary>
    public bool IsAlias(string name) => aliases.ContainsKey(name);

    /// <summary>Finds what a text stands for.</summary>
    /// <exception cref="RoutingException">It stands for nothing, or leads back to itself.</exception>
    /// <param name="text">A model, <c>model@version</c>, or an alias.</param>
    /// <param name="who">Whose target it is, as the message begins.</param>
    public RouteTarget Resolve(string text, string who)
    {
        var way = new List<string>();
        while (true)
        {
            if (IsModel(text))
            {
                return new RouteTarget(text, ModelRegistry.HighestReady);
            }

            if (aliases.TryGetValue(text, out var next))
            {
                way.Add(text);
                text = !way.Contains(next) ? next : throw new RoutingException($"{who} leads back to itself: {string.Join(" → ", way.Append(next).Select(static name => $"'{name}'"))}.");
                continue;
            }

            return ResolveVersion(text, who);
        }
    }

    private RouteTarget ResolveVersion(string text, string who)
    {
        var separator = text.LastIndexOf(RouteTarget.Separator);
        if (separator > 0 && _models.TryGetValue(text[..separator], out var model))
        {
            return long.TryParse(text.AsSpan(separator + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? FindVersion(model, version, who)
                : throw new RoutingException($"{who} points nowhere: '{text}' is no version and no alias of the model '{model.Name}'.");
        }

        throw new RoutingException($"{who} points nowhere: '{text}' is no model of the repository, no version of one, and no alias.");
    }

    private static RouteTarget FindVersion(ModelDefinition model, long version, string who)
    {
        // Of a model that cannot be read nobody knows the versions.
        if (model.Error is null)
        {
            var existing = model.Versions.Select(static directory => directory.Number).ToList();
            if (!existing.Contains(version))
            {
                throw new RoutingException($"{who} points nowhere: the model '{model.Name}' has no version {version}; it has {string.Join(", ", existing)}.");
            }

            if (!model.Configuration.VersionPolicy.Select(existing).Contains(version))
            {
                throw new RoutingException($"{who} points nowhere: the version policy of the model '{model.Name}' leaves version {version} out.");
            }
        }

        return new RouteTarget(model.Name, version);
    }
}
