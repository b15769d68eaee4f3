using System.Globalization;
using Camshaft.Plugins.CudaModules.Expressions;

namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>Checks one launch of a manifest; every message names the kernel.</summary>
internal sealed class KernelCheck(ManifestFile file, IReadOnlyList<string> symbols, ManifestFile.KernelEntry kernel)
{
    /// <summary>Checks it.</summary>
    /// <exception cref="ManifestException">It does not hold together, or the module has no such kernel.</exception>
    public KernelDefinition Run(ModuleFile module)
    {
        if (kernel.Name.Length == 0)
        {
            throw new ManifestException("a kernel needs a name");
        }

        if (kernel.Grid.Count is not (>= 1 and <= 3) || kernel.Block.Count is not (>= 1 and <= 3))
        {
            throw Refuse("needs a grid and a block, of one to three dimensions each");
        }

        var definition = new KernelDefinition(
            kernel.Name,
            [.. kernel.Grid.Select(text => Parse("grid", text))],
            [.. kernel.Block.Select(text => Parse("block", text))],
            Parse("shared", kernel.Shared),
            [.. kernel.Arguments.Select(CheckArgument)]);
        CheckConstants(definition);
        CheckModule(definition, module);
        return definition;
    }

    // What does not depend on shapes is known to be wrong before any request comes.
    private void CheckConstants(KernelDefinition definition)
    {
        try
        {
            KernelLimits.CheckGrid(definition.Grid);
            KernelLimits.CheckBlock(definition.Block);
            KernelLimits.CheckShared(definition.Shared);
            foreach (var argument in definition.Arguments.Where(static argument => argument.Value is { IsConstant: true }))
            {
                argument.Evaluate([]);
            }
        }
        catch (ExpressionException exception)
        {
            throw Refuse($"cannot run: {exception.Message}");
        }
    }

    private void CheckModule(KernelDefinition definition, ModuleFile module)
    {
        if (module.Kernels is not { } kernels)
        {
            return;
        }

        if (!kernels.TryGetValue(definition.Name, out var sizes))
        {
            throw new ManifestException(
                $"'{Path.GetFileName(module.Path)}' has no kernel '{definition.Name}'; {(kernels.Count > 0 ? $"it has {string.Join(", ", kernels.Keys.Order(StringComparer.Ordinal).Select(static name => $"'{name}'"))}" : "it has none")}");
        }

        if (sizes is not null)
        {
            definition.CheckArguments(sizes);
        }
    }

    private KernelArgument CheckArgument(string text)
    {
        if (text.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var type, var value])
        {
            return type switch
            {
                "i32" => new KernelArgument(text, ArgumentKind.Int32, Value: Parse($"argument '{text}'", value)),
                "u32" => new KernelArgument(text, ArgumentKind.UInt32, Value: Parse($"argument '{text}'", value)),
                "i64" => new KernelArgument(text, ArgumentKind.Int64, Value: Parse($"argument '{text}'", value)),
                "u64" => new KernelArgument(text, ArgumentKind.UInt64, Value: Parse($"argument '{text}'", value)),
                "f32" => new KernelArgument(text, ArgumentKind.Float32, Bits: BitConverter.SingleToInt32Bits(ParseSingle(text, value))),
                "f64" => new KernelArgument(text, ArgumentKind.Float64, Bits: BitConverter.DoubleToInt64Bits(ParseDouble(text, value))),
                _ => throw Refuse($"has the argument '{text}'; a value is i32, u32, i64, u64, f32 or f64"),
            };
        }

        var (input, output, scratch) = (
            file.Inputs.FindIndex(tensor => tensor.Name == text), file.Outputs.FindIndex(tensor => tensor.Name == text), file.Scratch.FindIndex(entry => entry.Name == text));
        return input >= 0 ? new KernelArgument(text, ArgumentKind.Input, input)
            : output >= 0 ? new KernelArgument(text, ArgumentKind.Output, output)
            : scratch >= 0 ? new KernelArgument(text, ArgumentKind.Scratch, scratch)
            : throw Refuse($"has the argument '{text}', which is no input, output or scratch, and no value such as 'i32 n'");
    }

    private float ParseSingle(string text, string value) => (float)ParseDouble(text, value) is var number && float.IsInfinity(number) && !double.IsInfinity(ParseDouble(text, value))
        ? throw Refuse($"has the argument '{text}', which does not fit 32 bits")
        : number;

    private double ParseDouble(string text, string value) => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw Refuse($"has the argument '{text}'; expected a number behind its type");

    private Expression Parse(string what, string text)
    {
        try
        {
            return ExpressionParser.Parse(text, symbols);
        }
        catch (ExpressionException exception)
        {
            throw Refuse($"has a fault in its {what}: {exception.Message}");
        }
    }

    private ManifestException Refuse(string why) => new($"kernel '{kernel.Name}' {why}");
}
