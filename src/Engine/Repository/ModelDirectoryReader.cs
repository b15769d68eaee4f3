using System.Globalization;
using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Repository;

/// <summary>Reads one model's directory. What is wrong with it becomes the definition's error, never an exception.</summary>
internal static class ModelDirectoryReader
{
    private const string ConfigurationFileName = "model.yaml";
    private const string TritonConfigurationFileName = "config.pbtxt";

    // Beside versions, Triton's layout has these directories (model_repository.md).
    private static readonly string[] OtherDirectories = ["warmup", "initial_state", "configs"];

    /// <summary>Reads it.</summary>
    /// <param name="root">The root that it was found in; links must not lead out of it.</param>
    /// <param name="directory">The model's directory.</param>
    public static ModelDefinition Read(string root, DirectoryInfo directory)
    {
        var definition = new ModelDefinition { Name = directory.Name, Directory = directory.FullName };
        if (ModelName.FindFault(directory.Name) is { } nameFault)
        {
            return definition with { Error = nameFault };
        }

        try
        {
            return new LinkGuard(root).FindFault(directory.FullName) is { } linkFault ? definition with { Error = linkFault } : ReadContent(definition, directory);
        }
        catch (ConfigurationFormatException exception)
        {
            return definition with { Error = $"{ConfigurationFileName}:{exception.Message}" };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return definition with { Error = $"'{directory.FullName}' cannot be read: {exception.Message}" };
        }
    }

    private static ModelDefinition ReadContent(ModelDefinition definition, DirectoryInfo directory)
    {
        var warnings = new List<string>();
        var versions = ListVersions(directory, warnings);
        var configurationPath = Path.Combine(directory.FullName, ConfigurationFileName);
        var configuration = ModelConfiguration.Default;
        if (Path.Exists(configurationPath))
        {
            configuration = ModelConfigurationFile.Read(configurationPath);
        }
        else if (Path.Exists(Path.Combine(directory.FullName, TritonConfigurationFileName)))
        {
            warnings.Add($"{TritonConfigurationFileName} is not read by this version; the model is served as its file describes it. Say in {ConfigurationFileName} what must differ.");
        }

        var error = CheckVersions(configuration.VersionPolicy, versions, directory, warnings);
        return definition with { Configuration = configuration, Versions = versions, Error = error, Warnings = warnings };
    }

    private static List<VersionDirectory> ListVersions(DirectoryInfo directory, List<string> warnings)
    {
        var versions = new List<VersionDirectory>();
        foreach (var inner in directory.EnumerateDirectories().OrderBy(static inner => inner.Name, StringComparer.Ordinal))
        {
            if (TryParseVersion(inner.Name, out var number))
            {
                versions.Add(new VersionDirectory(number, inner.FullName));
            }
            else if (!inner.Name.StartsWith('.') && !OtherDirectories.Contains(inner.Name))
            {
                warnings.Add($"the directory '{inner.Name}' is skipped: a version's name is a decimal number without leading zeros");
            }
        }

        versions.Sort(static (left, right) => left.Number.CompareTo(right.Number));
        return versions;
    }

    private static bool TryParseVersion(string name, out long number) =>
        long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out number) && (name.Length == 1 || name[0] != '0');

    private static string? CheckVersions(VersionPolicy policy, List<VersionDirectory> versions, DirectoryInfo directory, List<string> warnings)
    {
        if (versions.Count == 0)
        {
            return $"'{directory.FullName}' holds no version; expected a directory named by a number, such as '1', with the model file in it";
        }

        var existing = versions.ConvertAll(static version => version.Number);
        if (policy is VersionPolicy.Specific specific && specific.Versions.Except(existing).ToList() is { Count: > 0 } missing)
        {
            var text = $"{ConfigurationFileName} asks for version {string.Join(", ", missing)}, which is not there; there is {string.Join(", ", existing)}";
            if (policy.Select(existing).Count == 0)
            {
                return text;
            }

            warnings.Add(text);
        }

        return null;
    }
}
