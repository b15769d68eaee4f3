using System.Text.RegularExpressions;
using Camshaft.Backends;
using Camshaft.Plugins.CudaModules.Expressions;
using YamlDotNet.Core;

namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>Reads a model's manifest; what is wrong with it is told with the model, the file and the place.</summary>
internal static partial class ManifestReader
{
    private const int LargestFile = 256 * 1024;

    /// <summary>Reads it, and what can be read of its module without a GPU.</summary>
    /// <exception cref="BackendException">It cannot be read, or does not hold together; the message names the file.</exception>
    public static ModuleDefinition Read(ModelSource source)
    {
        try
        {
            return new FileInfo(source.FilePath).Length <= LargestFile
                ? new ManifestCheck(ManifestFile.ReadYaml(File.ReadAllText(source.FilePath)), Path.GetDirectoryName(source.FilePath)!).Run()
                : throw new ManifestException($"it has more than {LargestFile} bytes");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BackendException(StatusCode.NotFound, $"{source}: '{source.FilePath}' cannot be read: {exception.Message}", exception);
        }
        catch (YamlException exception)
        {
            throw Refuse(source, $"line {exception.Start.Line}, column {exception.Start.Column}: {Explain(exception)}");
        }
        catch (Exception exception) when (exception is ManifestException or ExpressionException or ArgumentException)
        {
            throw Refuse(source, exception.Message);
        }
    }

    private static BackendException Refuse(ModelSource source, string why) => new(StatusCode.InvalidArgument, $"{source}: '{source.FilePath}': {why.TrimEnd('.')}.");

    // YamlDotNet speaks of our classes, of which nobody has heard.
    private static string Explain(YamlException exception)
    {
        var message = exception.InnerException?.Message ?? exception.Message;
        if (UnknownKey().Match(message) is { Success: true } unknown)
        {
            return $"unknown key '{unknown.Groups["key"].Value}'; {DescribeKeys(unknown.Groups["type"].Value)}";
        }

        return message.Contains("'SequenceStart'", StringComparison.Ordinal) || message.Contains("List`1", StringComparison.Ordinal) ? "expected a list"
            : message.Contains("type System.String", StringComparison.Ordinal) ? "expected a text or a number"
            : OwnType().Match(message) is { Success: true } own ? $"expected keys with values; {DescribeKeys(own.Groups["type"].Value)}"
            : message;
    }

    private static string DescribeKeys(string type) => type switch
    {
        nameof(ManifestFile.TensorEntry) => "an input or output has name, datatype and shape",
        nameof(ManifestFile.ScratchEntry) => "scratch has name and bytes",
        nameof(ManifestFile.KernelEntry) => "a kernel has name, grid, block, shared and arguments",
        _ => "a manifest has module, batch, inputs, outputs, scratch and kernels",
    };

    [GeneratedRegex(@"Property '(?<key>[^']*)' not found on type '.*?(?<type>\w+)'")]
    private static partial Regex UnknownKey();

    [GeneratedRegex(@"Camshaft\.[\w.]*(\+)?(?<type>(?<=[.+])\w+)")]
    private static partial Regex OwnType();
}
