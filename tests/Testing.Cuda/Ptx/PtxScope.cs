using Camshaft.Testing.Cuda.Ptx.Syntax;

namespace Camshaft.Testing.Cuda.Ptx;

/// <summary>The names that a kernel's instructions may use, and what the module's version and target allow.</summary>
internal sealed class PtxScope(int version, int target)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Slot, PtxType Type)> _registers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _parameters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _shared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _special = new(StringComparer.Ordinal);

    public int Version => version;

    public int Target => target;

    /// <summary>The names of all registers, by their places; special ones that are used come last.</summary>
    public List<string> RegisterNames { get; } = [];

    public IReadOnlyList<Variable> Parameters { get; private set; } = [];

    public SharedLayout Layout { get; } = new();

    public IEnumerable<(int Slot, SpecialRegister Register)> SpecialRegisters => _special.Select(static pair => (pair.Value, SpecialRegister.All[pair.Key]));

    /// <summary>Makes everything known that a module and one of its kernels declare.</summary>
    /// <exception cref="PtxError">A name is declared twice.</exception>
    public static PtxScope Create(ModuleText module, KernelText kernel)
    {
        var scope = new PtxScope(module.Version, module.Target) { Parameters = kernel.Parameters };
        foreach (var (line, name, type) in kernel.Registers)
        {
            scope.Declare(line, name);
            scope._registers.Add(name, (scope.RegisterNames.Count, type));
            scope.RegisterNames.Add(name);
        }

        for (var i = 0; i < kernel.Parameters.Count; i++)
        {
            scope.Declare(kernel.Parameters[i].Line, kernel.Parameters[i].Name);
            scope._parameters.Add(kernel.Parameters[i].Name, i);
        }

        // Memory whose size the launch says comes last.
        foreach (var variable in module.Shared.Concat(kernel.Shared).OrderBy(static variable => variable.ByteSize == 0))
        {
            scope.Declare(variable.Line, variable.Name);
            scope._shared.Add(variable.Name, scope.Layout.Add(variable));
        }

        foreach (var (line, name, place) in kernel.Labels)
        {
            scope.Declare(line, name);
            scope._labels.Add(name, place);
        }

        return scope;
    }

    public (int Slot, PtxType Type)? FindRegister(string name) => _registers.TryGetValue(name, out var register) ? register : null;

    public int? FindLabel(string name) => _labels.TryGetValue(name, out var place) ? place : null;

    public int? FindParameter(string name) => _parameters.TryGetValue(name, out var index) ? index : null;

    public int? FindShared(string name) => _shared.TryGetValue(name, out var address) ? address : null;

    /// <summary>The place of a special register, which is made known when it is first used; null = there is none of that name.</summary>
    public int? FindSpecial(string name)
    {
        if (SpecialRegister.All.ContainsKey(name) && _special.TryAdd(name, RegisterNames.Count))
        {
            RegisterNames.Add(name);
        }

        return _special.TryGetValue(name, out var slot) ? slot : null;
    }

    private void Declare(int line, string name)
    {
        if (!_names.Add(name))
        {
            throw new PtxError(line, $"Duplicate definition of '{name}'");
        }
    }
}
