using System.Globalization;
using Camshaft.Testing.Cuda.Ptx.Instructions;
using Camshaft.Testing.Cuda.Ptx.Syntax;

namespace Camshaft.Testing.Cuda.Ptx;

/// <summary>
/// Makes kernels from the text of a module, or says what is wrong with it, as NVIDIA's assembler would and in its form. It knows
/// the part of PTX that kernels written by hand use; what it does not know it refuses. It may refuse what NVIDIA's would take, but
/// not the other way round, as far as it goes.
/// </summary>
internal static class PtxAssembler
{
    private const int MostErrors = 20;
    private const int MostThreads = 1024;

    // From which version of the language on a target may be named. By the release history of the PTX manual.
    private static readonly (int Target, int Version)[] Targets =
    [
        (50, 40), (52, 41), (53, 42), (60, 50), (61, 50), (62, 50), (70, 60), (72, 61), (75, 63), (80, 70), (86, 71), (87, 74), (89, 78), (90, 78), (100, 86), (120, 87),
    ];

    /// <summary>Assembles a module.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="capability">The compute capability of the device, times ten.</param>
    /// <param name="log">What is wrong, line by line; empty when nothing is.</param>
    /// <returns>Its kernels; none when something is wrong.</returns>
    public static IReadOnlyList<PtxKernel> Assemble(string text, int capability, out string log)
    {
        var errors = new List<PtxError>();
        var kernels = new List<PtxKernel>();
        try
        {
            var module = PtxParser.Parse(text);
            CheckTarget(module, capability);
            if (module.Kernels.GroupBy(static kernel => kernel.Name).FirstOrDefault(static group => group.Count() > 1) is { } twice)
            {
                throw new PtxError(twice.Last().Line, $"Duplicate definition of '{twice.Key}'");
            }

            kernels.AddRange(module.Kernels.Select(kernel => Assemble(module, kernel, errors)));
        }
        catch (PtxError error)
        {
            errors.Add(error);
        }

        log = Format(errors);
        return errors.Count == 0 ? kernels : [];
    }

    /// <summary>The version of the language that a text states, times ten, whatever else is in it; 0 = it states none.</summary>
    public static int ReadVersion(string text)
    {
        try
        {
            return PtxParser.ParseHeader(text).Version;
        }
        catch (PtxError)
        {
            return 0;
        }
    }

    private static void CheckTarget(ModuleText module, int capability)
    {
        var (target, version) = Targets.FirstOrDefault(pair => pair.Target == module.Target);
        if (target == 0)
        {
            throw new PtxError(module.TargetLine, $"Unknown .target 'sm_{module.Target}'");
        }

        if (module.Version < version)
        {
            throw new PtxError(module.TargetLine, $"PTX .version {FormatVersion(module.Version)} does not support .target sm_{module.Target}");
        }

        if (module.Target > capability)
        {
            throw new PtxError(module.TargetLine, $"SM version specified by .target is higher than that of the device, sm_{capability}");
        }
    }

    private static PtxKernel Assemble(ModuleText module, KernelText kernel, List<PtxError> errors)
    {
        var scope = PtxScope.Create(module, kernel);
        var instructions = new List<PtxInstruction>();
        foreach (var statement in kernel.Statements)
        {
            try
            {
                instructions.Add(InstructionTable.Assemble(statement, scope));
            }
            catch (PtxError error)
            {
                errors.Add(error);
            }
        }

        if (kernel.Statements.Count == 0)
        {
            errors.Add(new PtxError(kernel.Line, $"Entry function '{kernel.Name}' has no instructions"));
        }

        if (kernel.MostThreads > MostThreads || (kernel.MostThreads > 0 && kernel.RequiredThreads.Count > 0))
        {
            errors.Add(new PtxError(kernel.Line, $"Entry function '{kernel.Name}' asks for more than {MostThreads} threads, or states both .maxntid and .reqntid"));
        }

        if (scope.Layout.ByteSize > SharedLayout.MostBytes)
        {
            errors.Add(new PtxError(kernel.Line, $"Entry function '{kernel.Name}' uses too much shared data (0x{scope.Layout.ByteSize:x} bytes, 0x{SharedLayout.MostBytes:x} max)"));
        }

        return new PtxKernel(
            kernel.Name,
            kernel.Parameters,
            [.. instructions],
            scope.RegisterNames,
            [.. scope.SpecialRegisters],
            scope.Layout,
            kernel.RequiredThreads.Count > 0 ? Multiply(kernel.RequiredThreads) : kernel.MostThreads > 0 ? kernel.MostThreads : MostThreads,
            kernel.RequiredThreads);
    }

    private static int Multiply(IReadOnlyList<int> threads) => threads.Aggregate(1, static (product, count) => product * count);

    private static string FormatVersion(int version) => string.Create(CultureInfo.InvariantCulture, $"{version / 10}.{version % 10}");

    private static string Format(List<PtxError> errors) => errors.Count == 0
        ? ""
        : string.Join('\n', errors.Take(MostErrors).Select(static error => $"ptxas application ptx input, line {error.Line}; error   : {error.Message}")) + "\nptxas fatal   : Ptx assembly aborted due to errors";
}
