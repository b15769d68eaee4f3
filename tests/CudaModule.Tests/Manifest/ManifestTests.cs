using System.Text;
using Camshaft.Backends;
using Camshaft.Plugins.CudaModules.Manifest;
using Camshaft.Testing;
using CsCheck;

namespace Camshaft.Plugins.CudaModules.Tests.Manifest;

/// <summary>What a <c>module.yaml</c> may not say. All of it is found without a GPU.</summary>
public sealed class ManifestTests : IDisposable
{
    private const string Good = """
        batch: n
        inputs:
          - { name: A, datatype: FP32, shape: [n, 4] }
        outputs:
          - { name: B, datatype: FP32, shape: [n, 2 * 2] }
        scratch:
          - { name: sums, bytes: 8 * n }
        kernels:
          - { name: add, grid: [n], block: [4], arguments: [A, sums, B, u32 n] }
        """;

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_manifest_that_holds_together_has_a_signature()
    {
        var definition = Read(Good);

        Assert.Equal(("A", "[-1,4]", 0), (definition.Signature.Inputs[0].Name, definition.Signature.Inputs[0].Shape.ToString(), definition.Signature.Inputs[0].BatchAxis));
        Assert.Equal(["n"], definition.Symbols);
        Assert.Equal("sums", Assert.Single(definition.Scratch).Name);
    }

    [Theory]
    [InlineData("kernels:", "kernel:", "unknown key 'kernel'; a manifest has module, batch, inputs, outputs, scratch and kernels")]
    [InlineData("grid: [n]", "gird: [n]", "unknown key 'gird'; a kernel has name, grid, block, shared and arguments")]
    [InlineData("datatype: FP32", "type: FP32", "unknown key 'type'; an input or output has name, datatype and shape")]
    [InlineData("bytes: 8 * n", "size: 8 * n", "unknown key 'size'; scratch has name and bytes")]
    [InlineData("batch: n", "batch: n\nbatch: n", "line 2")]
    [InlineData("batch: n", "batch: [", "line 1, column 8: expected a text or a number")]
    [InlineData("batch: n", "- batch", "line 1, column 1: expected keys with values; a manifest has module, batch")]
    [InlineData("batch: n", "scratch: 5", "line 1, column 10: expected a list")]
    [InlineData("batch: n", "scratch: { a: 1 }", "line 1, column 10: expected a list")]
    [InlineData("[n, 4]", "n", "line 3, column 39: expected a list")]
    [InlineData("[n, 4]", "[[n]]", "line 3, column 40: expected a text or a number")]
    [InlineData("  - { name: A, datatype: FP32, shape: [n, 4] }", "  - A", "line 3, column 5: expected keys with values; an input or output has name")]
    [InlineData("batch: n", "batch: n: m", "line 1, column 9: While scanning")]
    [InlineData("batch: n", "batch: m", "batch is 'm', which is no symbol of an input's shape; these have n")]
    [InlineData("name: add", "name: sub", "'module.ptx' has no kernel 'sub'; it has 'add', 'empty'")]
    [InlineData("name: add", "name: ", "a kernel needs a name")]
    [InlineData("name: A,", "name: ,", "an input, output or scratch has no name")]
    [InlineData("name: sums", "name: A", "the name 'A' is given twice")]
    [InlineData("FP32, shape: [n, 4]", "BYTES, shape: [n, 4]", "tensor 'A' has datatype 'BYTES'; expected one whose elements are of one size")]
    [InlineData("[n, 4]", "[n, -1]", "input 'A' has the dimension '-1'; expected a number or a symbol")]
    [InlineData("[n, 4]", "[n, n * 2]", "input 'A' has the dimension 'n * 2'; expected a number or a symbol")]
    [InlineData("[n, 4]", "[n, ~]", "input 'A' has the dimension ''; expected a number or a symbol")]
    [InlineData("[n, 2 * 2]", "[n, 2 * m]", "output 'B': 'm' in '2 * m' is no symbol; the inputs' shapes have n")]
    [InlineData("bytes: 8 * n", "bytes: 8 *", "scratch 'sums': '8 *' ends; expected a number")]
    [InlineData("bytes: 8 * n", "bytes: ", "scratch 'sums': '' ends; expected a number")]
    [InlineData("grid: [n]", "grid: [m]", "kernel 'add' has a fault in its grid: 'm' in 'm' is no symbol")]
    [InlineData("grid: [n]", "grid: [n, 1, 1, 1]", "kernel 'add' needs a grid and a block, of one to three dimensions each")]
    [InlineData("grid: [n]", "grid: ", "kernel 'add' needs a grid and a block")]
    [InlineData("grid: [n]", "grid: [0]", "kernel 'add' cannot run: its grid's x, '0' is 0; expected 1 to 2147483647")]
    [InlineData("grid: [n]", "grid: [n, 65536]", "kernel 'add' cannot run: its grid's y, '65536' is 65536; expected 1 to 65535")]
    [InlineData("grid: [n]", "grid: [n, 1, 0 - 1]", "kernel 'add' cannot run: its grid's z, '0 - 1' is -1; expected 1 to 65535")]
    [InlineData("block: [4]", "block: [1025]", "kernel 'add' cannot run: its block's x, '1025' is 1025; expected 1 to 1024")]
    [InlineData("block: [4]", "block: [n, 64, 32]", "kernel 'add' cannot run: its block has 2048 threads; expected at most 1024")]
    [InlineData("block: [4]", "block: [1, 1, 65]", "kernel 'add' cannot run: its block's z, '65' is 65; expected 1 to 64")]
    [InlineData("block: [4]", "block: [4], shared: 232449", "kernel 'add' cannot run: its shared memory, '232449', is 232449 bytes beside 0 that it declares; expected 0 to 232448")]
    [InlineData("block: [4]", "block: [4 / 0]", "kernel 'add' cannot run: '4 / 0' divides by zero")]
    [InlineData("A, sums, B, u32 n", "A, sums, B", "kernel 'add' takes arguments of [8, 8, 8, 4] bytes; the manifest gives it arguments of [8, 8, 8] (A, sums, B)")]
    [InlineData("A, sums, B, u32 n", "A, sums, B, u64 n", "the manifest gives it arguments of [8, 8, 8, 8]")]
    [InlineData("A, sums, B, u32 n", "A, sums, B, n", "kernel 'add' has the argument 'n', which is no input, output or scratch, and no value such as 'i32 n'")]
    [InlineData("A, sums, B, u32 n", "A, sums, B, u16 n", "kernel 'add' has the argument 'u16 n'; a value is i32, u32, i64, u64, f32 or f64")]
    [InlineData("A, sums, B, u32 n", "A, sums, B, u32 4294967296", "its argument 'u32 4294967296' is 4294967296, which does not fit that type")]
    [InlineData("A, sums, B, u32 n", "A, sums, B, f32 1e39", "has the argument 'f32 1e39', which does not fit 32 bits")]
    [InlineData("A, sums, B, u32 n", "A, sums, B, f32 one", "has the argument 'f32 one'; expected a number behind its type")]
    public void A_fault_is_named_with_its_place(string text, string spoilt, string reason)
    {
        Assert.Contains(text, Good, StringComparison.Ordinal);
        var refusal = Refuse(Good.Replace(text, spoilt, StringComparison.Ordinal));

        Assert.StartsWith("Model 'mine' version 3: '", refusal, StringComparison.Ordinal);
        Assert.Contains("module.yaml': ", refusal, StringComparison.Ordinal);
        Assert.Contains(reason, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("Camshaft", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("5")]
    [InlineData("'text'")]
    public void A_text_is_no_manifest(string text) => Assert.Contains("line 1, column 1: expected keys with values; a manifest has", Refuse(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("inputs: [")]
    [InlineData("inputs: {")]
    [InlineData("[")]
    [InlineData("- ")]
    public void Deep_nesting_is_refused(string start) => Assert.Contains("line 1", Refuse(start + new string(start[^1] == ' ' ? '-' : start[^1], 100_000)), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "it names no kernel")]
    [InlineData("kernels: [{ name: empty, grid: [1], block: [1] }]", "A model has at least one output")]
    public void A_manifest_needs_kernels_and_an_output(string text, string reason) => Assert.Contains(reason, Refuse(text), StringComparison.Ordinal);

    [Fact]
    public void A_module_is_looked_for_under_three_names_or_the_one_that_is_stated()
    {
        Assert.Contains("there is no module beside it; expected module.ptx, module.cubin, module.fatbin", Refuse(Good, []), StringComparison.Ordinal);
        Assert.Contains("there are module.ptx and module.cubin beside it; name one of them as 'module'", Refuse(Good, ["module.ptx", "module.cubin"]), StringComparison.Ordinal);
        Assert.Contains("there is no module beside it; expected other.ptx", Refuse("module: other.ptx\n" + Good, ["module.ptx"]), StringComparison.Ordinal);
        Assert.Contains("module is '../module.ptx'; expected the name of a file beside it", Refuse("module: ../module.ptx\n" + Good, ["module.ptx"]), StringComparison.Ordinal);
        Assert.EndsWith("module.cubin", Read("module: module.cubin\n" + Good, ["module.ptx", "module.cubin"]).ModulePath, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_compiled_module_nothing_is_known_before_the_driver_has_it() =>
        Assert.Equal("sub", Read(Good.Replace("name: add", "name: sub", StringComparison.Ordinal), ["module.cubin"]).Kernels[0].Name);

    [Fact]
    public void A_manifest_that_is_too_large_is_refused() => Assert.Contains("it has more than 262144 bytes", Refuse(Good + "\n#" + new string('x', 262144)), StringComparison.Ordinal);

    [Fact]
    public void Whatever_a_manifest_says_it_is_read_or_refused()
    {
        string[] noise =
        [
            "batch: ~", "inputs: ~", "inputs: [~]", "outputs: 5", "scratch: {}", "kernels: [~]", "kernels:\n  - ~", "  - { name: x }", "module: ~", "  - [1]",
            "kernels: [{ name: add, grid: ~, block: [~], arguments: [~] }]", "&a [*a]", "? x", "!!int 5",
        ];
        string[] lines = [.. Good.Split('\n'), .. Good.Split('\n'), .. Good.Split('\n'), .. noise];
        Gen.Int[0, lines.Length - 1].Array[0, 10].Select(places => string.Join('\n', places.Select(place => lines[place]))).Sample(
            text =>
            {
                try
                {
                    Assert.NotEmpty(Read(text).Kernels);
                }
                catch (BackendException refusal)
                {
                    Assert.StartsWith("Model 'mine' version 3: '", refusal.Message, StringComparison.Ordinal);
                }
            },
            threads: 1);
    }

    private ModuleDefinition Read(string text, IReadOnlyList<string>? modules = null)
    {
        foreach (var path in Directory.GetFiles(_directory.FullPath))
        {
            File.Delete(path);
        }

        foreach (var module in modules ?? ["module.ptx"])
        {
            _directory.Write(module, ".entry empty() { ret; } .visible .entry add(.param .u64 a, .param .u64 sums, .param .u64 b, .param .u32 n) { ret; }"u8.ToArray());
        }

        return ManifestReader.Read(new ModelSource { ModelName = "mine", Version = 3, FilePath = _directory.Write("module.yaml", Encoding.UTF8.GetBytes(text)) });
    }

    private string Refuse(string text, IReadOnlyList<string>? modules = null) => Assert.Throws<BackendException>(() => Read(text, modules)).Message;
}
