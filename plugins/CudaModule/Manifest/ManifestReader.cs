using System.Globalization;
using Camshaft.Backends;
using Camshaft.Plugins.CudaModules.Expressions;
using YamlDotNet.Core;

namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>Reads a model's manifest, and checks that it holds together.</summary>
internal sealed class ManifestReader
{
    private const int LargestFile = 256 * 1024;
    private const int MostEntries = 256;
    private static readonly string[] ModuleNames = ["module.ptx", "module.cubin", "module.fatbin"];

    private readonly ModelSource _source;
    private readonly ManifestFile _file;
    private readonly List<string> _symbols = [];

    private ManifestReader(ModelSource source, ManifestFile file)
    {
        _source = source;
        _file = file;
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="BackendException">It cannot be read, or does not hold together; the message names the file.</exception>
    public static ModuleDefinition Read(ModelSource source)
    {
        try
        {
            return new FileInfo(source.FilePath).Length <= LargestFile
                ? new ManifestReader(source, ManifestFile.Parse(File.ReadAllText(source.FilePath))).Check()
                : throw Refuse(source, $"has more than {LargestFile} bytes");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BackendException(StatusCode.NotFound, $"{source}: '{source.FilePath}' cannot be read: {exception.Message}", exception);
        }
        catch (YamlException exception)
        {
            throw Refuse(source, $"line {exception.Start.Line}, column {exception.Start.Column}: {exception.InnerException?.Message ?? exception.Message}");
        }
        catch (Exception exception) when (exception is ExpressionException or ArgumentException)
        {
            throw Refuse(source, exception.Message);
        }
    }

    private static BackendException Refuse(ModelSource source, string why) => new(StatusCode.InvalidArgument, $"{source}: '{source.FilePath}': {why.TrimEnd('.')}.");

    private ModuleDefinition Check()
    {
        if (_file.Kernels.Count == 0)
        {
            throw new ExpressionException("it names no kernel");
        }

        if (_file.Kernels.Count > MostEntries || _file.Inputs.Count > MostEntries || _file.Outputs.Count > MostEntries || _file.Scratch.Count > MostEntries)
        {
            throw new ExpressionException($"it has a list of more than {MostEntries}");
        }

        CollectSymbols();
        if (_file.Batch is { } batch && !_symbols.Contains(batch))
        {
            throw new ExpressionException($"batch is '{batch}', which is no symbol of an input's shape");
        }

        var outputShapes = _file.Outputs.ConvertAll(output => output.Shape.ConvertAll(Parse).ToArray()).ToArray();
        var signature = new ModelSignature(
            _file.Inputs.Select(input => Describe(input, input.Shape.ConvertAll(Parse))),
            _file.Outputs.Select((output, index) => Describe(output, outputShapes[index])));
        return new ModuleDefinition(
            FindModule(),
            signature,
            _symbols,
            [.. _file.Inputs.Select(input => input.Shape.Select(length => Parse(length).Symbol).ToArray())],
            outputShapes,
            [.. _file.Scratch.Select(scratch => Parse(scratch.Bytes))],
            [.. _file.Kernels.Select(CheckKernel)]);
    }

    private Expression Parse(string text) => ExpressionParser.Parse(text, _symbols);

    private void CollectSymbols()
    {
        foreach (var length in _file.Inputs.SelectMany(static input => input.Shape))
        {
            if (length.Length > 0 && (char.IsAsciiLetter(length[0]) || length[0] == '_'))
            {
                if (!length.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
                {
                    throw new ExpressionException($"an input's dimension is '{length}'; expected a number or a symbol");
                }

                if (!_symbols.Contains(length))
                {
                    _symbols.Add(length);
                }
            }
            else if (!long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                throw new ExpressionException($"an input's dimension is '{length}'; expected a number or a symbol");
            }
        }
    }

    private TensorSpec Describe(ManifestFile.TensorEntry tensor, IReadOnlyList<Expression> shape)
    {
        if (!DataTypes.TryParse(tensor.Datatype, out var dataType) || !dataType.HasFixedSize)
        {
            throw new ExpressionException($"tensor '{tensor.Name}' has datatype '{tensor.Datatype}'; expected one whose elements are of one size, such as FP32");
        }

        var batch = _file.Batch is { } name ? _symbols.IndexOf(name) : -1;
        return new TensorSpec(tensor.Name, dataType, new Shape([.. shape.Select(static length => length.Number ?? Shape.Variable)]))
        {
            Symbols = [.. shape.Select(length => length.Symbol >= 0 ? _symbols[length.Symbol] : null)],
            BatchAxis = batch >= 0 && shape.Count > 0 && shape[0].Symbol == batch ? 0 : null,
        };
    }

    private KernelDefinition CheckKernel(ManifestFile.KernelEntry kernel)
    {
        if (kernel.Name.Length == 0)
        {
            throw new ExpressionException("a kernel needs a name");
        }

        return kernel.Grid.Count is >= 1 and <= 3 && kernel.Block.Count is >= 1 and <= 3
            ? new KernelDefinition(
                kernel.Name,
                [.. kernel.Grid.Select(Parse)],
                [.. kernel.Block.Select(Parse)],
                Parse(kernel.Shared),
                [.. kernel.Arguments.Select(argument => CheckArgument(kernel.Name, argument))])
            : throw new ExpressionException($"kernel '{kernel.Name}' needs a grid and a block, of one to three dimensions each");
    }

    private KernelArgument CheckArgument(string kernel, string text)
    {
        if (text.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var type, var value])
        {
            return type switch
            {
                "i32" or "u32" => new KernelArgument(ArgumentKind.Int32, Value: Parse(value)),
                "i64" or "u64" => new KernelArgument(ArgumentKind.Int64, Value: Parse(value)),
                "f32" => new KernelArgument(ArgumentKind.Float32, Bits: BitConverter.SingleToInt32Bits((float)ParseNumber(kernel, value))),
                "f64" => new KernelArgument(ArgumentKind.Float64, Bits: BitConverter.DoubleToInt64Bits(ParseNumber(kernel, value))),
                _ => throw new ExpressionException($"kernel '{kernel}' has the argument '{text}'; a value is i32, u32, i64, u64, f32 or f64"),
            };
        }

        var (input, output, scratch) = (
            _file.Inputs.FindIndex(tensor => tensor.Name == text), _file.Outputs.FindIndex(tensor => tensor.Name == text), _file.Scratch.FindIndex(entry => entry.Name == text));
        return input >= 0 ? new KernelArgument(ArgumentKind.Input, input)
            : output >= 0 ? new KernelArgument(ArgumentKind.Output, output)
            : scratch >= 0 ? new KernelArgument(ArgumentKind.Scratch, scratch)
            : throw new ExpressionException($"kernel '{kernel}' has the argument '{text}', which is no input, output or scratch, and no value such as 'i32 n'");
    }

    private static double ParseNumber(string kernel, string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new ExpressionException($"kernel '{kernel}' has the value '{text}'; expected a number");

    private string FindModule()
    {
        var directory = Path.GetDirectoryName(_source.FilePath)!;
        if (_file.Module is { } name && (name.AsSpan().IndexOfAny('/', '\\', '\0') >= 0 || name is "." or ".."))
        {
            throw new ExpressionException($"module is '{name}'; expected the name of a file beside it");
        }

        IEnumerable<string> names = _file.Module is { } stated ? [stated] : ModuleNames;
        return names.Select(candidate => Path.Combine(directory, candidate)).FirstOrDefault(File.Exists)
            ?? throw new ExpressionException($"there is no module beside it; expected {string.Join(", ", names)}");
    }
}
