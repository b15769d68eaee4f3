using Camshaft.Engine.Routing;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace Camshaft.Server.Configuration;

/// <summary>Puts the sources together: defaults, then <c>camshaft.json</c>, then the environment, then the command line.</summary>
internal static class ServerConfiguration
{
    /// <summary>The file that is read from the working directory when none is named.</summary>
    public const string FileName = "camshaft.json";

    /// <summary>What names of environment variables begin with; levels are separated by two underscores.</summary>
    public const string EnvironmentPrefix = "CAMSHAFT__";

    private const string DefaultModelDirectory = "models";

    /// <summary>Reads all sources.</summary>
    /// <param name="workingDirectory">Where the default file is sought, and from where relative paths count outside of files.</param>
    /// <param name="filePath">The configuration file; null = the default one, which need not exist.</param>
    /// <param name="flags">What the command line says.</param>
    /// <exception cref="ConfigurationException">A source cannot be read, or the server cannot be what they say.</exception>
    public static ServerOptions Load(string workingDirectory, string? filePath, IEnumerable<KeyValuePair<string, string?>> flags)
    {
        var layers = new List<ConfigurationLayer>();
        var path = Path.GetFullPath(filePath ?? FileName, workingDirectory);
        if (File.Exists(path))
        {
            layers.Add(ReadFile(path));
        }
        else if (filePath is not null)
        {
            throw new ConfigurationException($"The configuration file '{path}' does not exist.");
        }

        var environment = new ConfigurationBuilder().AddEnvironmentVariables(EnvironmentPrefix).Build();
        layers.Add(ConfigurationLayer.Create($"environment ({EnvironmentPrefix}…)", workingDirectory, Flatten(environment)));
        layers.Add(ConfigurationLayer.Create("command line", workingDirectory, flags));
        var options = Bind(layers, workingDirectory);
        options.RoutingFile = path;
        return options;
    }

    private static ConfigurationLayer ReadFile(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        using var files = new PhysicalFileProvider(directory, Microsoft.Extensions.FileProviders.Physical.ExclusionFilters.None);
        try
        {
            var source = new JsonConfigurationSource { FileProvider = files, Path = Path.GetFileName(path), Optional = false, ReloadOnChange = false };

            // The routing rules are no settings: the engine reads them itself, and again when they change.
            RoutingFile.Read(path);
            return ConfigurationLayer.Create(path, directory, Flatten(new ConfigurationBuilder().Add(source).Build()).Where(static value => !IsRouting(value.Key)));
        }
        catch (RoutingException exception)
        {
            throw new ConfigurationException(exception.Message, exception);
        }
        catch (InvalidDataException exception)
        {
            var innermost = exception.GetBaseException();
            throw new ConfigurationException($"{path}: {innermost.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"The configuration file '{path}' cannot be read: {exception.Message}", exception);
        }
    }

    private static bool IsRouting(string key) => key.Split(':')[0].Equals(RoutingFile.SectionName, StringComparison.OrdinalIgnoreCase);

    // Leaves alone; null and empty collections are leaves too.
    private static IEnumerable<KeyValuePair<string, string?>> Flatten(IConfiguration configuration) => configuration.GetChildren().SelectMany(
        static section => section.GetChildren().Any() ? Flatten(section) : [new(section.Path, section.Value)]);

    private static ServerOptions Bind(List<ConfigurationLayer> layers, string workingDirectory)
    {
        var merged = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var sources = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var layer in layers)
        {
            Merge(layer, merged, sources);
        }

        if (!merged.Keys.Any(static key => key.StartsWith("models:", StringComparison.OrdinalIgnoreCase)))
        {
            merged["models:0"] = Path.GetFullPath(DefaultModelDirectory, workingDirectory);
        }

        var options = new ServerOptions();
        try
        {
            new ConfigurationBuilder().AddInMemoryCollection(merged).Build().Bind(options);
        }
        catch (InvalidOperationException exception)
        {
            // The binder names the key between quotes, not who set it.
            var source = sources.FirstOrDefault(entry => exception.Message.Contains($"'{entry.Key}'", StringComparison.OrdinalIgnoreCase)).Value;
            throw new ConfigurationException($"{source ?? "configuration"}: {exception.Message}", exception);
        }

        var result = new ServerOptionsValidator().Validate(name: null, options);
        return result.Failed ? throw new ConfigurationException($"The configuration is not valid. {string.Join(" ", result.Failures)}") : options;
    }

    private static void Merge(ConfigurationLayer layer, Dictionary<string, string?> merged, Dictionary<string, string> sources)
    {
        foreach (var list in layer.Values.Keys.Where(IsElement).Select(static key => key[..(key.LastIndexOf(':') + 1)]).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            // Merged by index, a shorter list would keep the tail of the longer one below it.
            foreach (var key in merged.Keys.Where(key => key.StartsWith(list, StringComparison.OrdinalIgnoreCase)).ToList())
            {
                merged.Remove(key);
            }
        }

        foreach (var (key, value) in layer.Values)
        {
            sources[key] = layer.Source;
            if (string.IsNullOrEmpty(value))
            {
                // Nothing said on purpose: the default holds again.
                merged.Remove(key);
            }
            else
            {
                merged[key] = value;
            }
        }
    }

    private static bool IsElement(string key) => Settings.Find(key.Split(':'))!.Kind == SettingKind.List;
}
