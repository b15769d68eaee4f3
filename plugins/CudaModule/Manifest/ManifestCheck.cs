using System.Globalization;
using Camshaft.Backends;
using Camshaft.Plugins.CudaModules.Expressions;

namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>Checks that a manifest holds together, in itself and with the module beside it.</summary>
internal sealed class ManifestCheck(ManifestFile file, string directory)
{
    private const int MostEntries = 256;

    private readonly List<string> _symbols = [];

    /// <summary>Checks it.</summary>
    /// <exception cref="ManifestException">It does not hold together.</exception>
    /// <exception cref="ExpressionException">A text in it is no expression.</exception>
    /// <exception cref="ArgumentException">A tensor is none.</exception>
    /// <exception cref="IOException">The module cannot be read.</exception>
    public ModuleDefinition Run()
    {
        if (file.Kernels.Count == 0)
        {
            throw new ManifestException("it names no kernel");
        }

        if (file.Kernels.Count > MostEntries || file.Inputs.Count > MostEntries || file.Outputs.Count > MostEntries || file.Scratch.Count > MostEntries)
        {
            throw new ManifestException($"it has a list of more than {MostEntries}");
        }

        CheckNames();
        CollectSymbols();
        if (file.Batch is { } batch && !_symbols.Contains(batch))
        {
            throw new ManifestException($"batch is '{batch}', which is no symbol of an input's shape; these have {(_symbols.Count > 0 ? string.Join(", ", _symbols) : "none")}");
        }

        var outputShapes = file.Outputs.ConvertAll(output => output.Shape.ConvertAll(length => Parse($"output '{output.Name}'", length)).ToArray()).ToArray();
        var signature = new ModelSignature(
            file.Inputs.Select(input => Describe(input, [.. input.Shape.Select(length => ExpressionParser.Parse(length, _symbols))])),
            file.Outputs.Select((output, index) => Describe(output, outputShapes[index])));
        var module = ModuleFile.Find(directory, file.Module);
        return new ModuleDefinition(
            module.Path,
            signature,
            _symbols,
            [.. signature.Inputs.Select(input => input.Symbols.Select(symbol => symbol is null ? -1 : _symbols.IndexOf(symbol)).ToArray())],
            outputShapes,
            file.Scratch.ConvertAll(scratch => new ScratchDefinition(scratch.Name, Parse($"scratch '{scratch.Name}'", scratch.Bytes))).ToArray(),
            file.Kernels.ConvertAll(kernel => new KernelCheck(file, _symbols, kernel).Run(module)).ToArray());
    }

    private void CheckNames()
    {
        var names = file.Inputs.Concat(file.Outputs).Select(static tensor => tensor.Name).Concat(file.Scratch.Select(static scratch => scratch.Name)).ToList();
        if (names.Contains(""))
        {
            throw new ManifestException("an input, output or scratch has no name");
        }

        // An argument would mean either.
        if (names.GroupBy(static name => name).FirstOrDefault(static group => group.Count() > 1) is { } twice)
        {
            throw new ManifestException($"the name '{twice.Key}' is given twice; inputs, outputs and scratch have names of their own");
        }
    }

    private void CollectSymbols()
    {
        foreach (var (input, length) in file.Inputs.SelectMany(static input => input.Shape.Select(length => (input, length))))
        {
            if (length.Length > 0 && (char.IsAsciiLetter(length[0]) || length[0] == '_') && length.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
            {
                if (!_symbols.Contains(length))
                {
                    _symbols.Add(length);
                }
            }
            else if (!long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                throw new ManifestException($"input '{input.Name}' has the dimension '{length}'; expected a number or a symbol");
            }
        }
    }

    private Expression Parse(string what, string text)
    {
        try
        {
            return ExpressionParser.Parse(text, _symbols);
        }
        catch (ExpressionException exception)
        {
            throw new ManifestException($"{what}: {exception.Message}");
        }
    }

    private TensorSpec Describe(ManifestFile.TensorEntry tensor, Expression[] shape)
    {
        if (!DataTypes.TryParse(tensor.Datatype, out var dataType) || !dataType.HasFixedSize)
        {
            throw new ManifestException($"tensor '{tensor.Name}' has datatype '{tensor.Datatype}'; expected one whose elements are of one size, such as FP32");
        }

        var batch = file.Batch is { } name ? _symbols.IndexOf(name) : -1;
        return new TensorSpec(tensor.Name, dataType, new Shape([.. shape.Select(static length => length.Number ?? Shape.Variable)]))
        {
            Symbols = [.. shape.Select(length => length.Symbol >= 0 ? _symbols[length.Symbol] : null)],
            BatchAxis = batch >= 0 && shape.Length > 0 && shape[0].Symbol == batch ? 0 : null,
        };
    }
}
