using System.Globalization;

namespace Camshaft.Testing.Cuda.Ptx.Syntax;

/// <summary>
/// Reads the text of a module: kernels with parameters, registers and shared memory. What the language has besides (functions, variables
/// of other kinds, textures, scopes inside a kernel) is refused as what the simulation does not know.
/// </summary>
internal sealed class PtxParser
{
    private readonly TokenReader _tokens;
    private readonly StatementParser _statements;
    private readonly ModuleText _module = new();

    private PtxParser(string text)
    {
        _tokens = new TokenReader(PtxLexer.Read(text));
        _statements = new StatementParser(_tokens);
    }

    /// <summary>Reads a text.</summary>
    /// <exception cref="PtxError">It has not the form of a module.</exception>
    public static ModuleText Parse(string text)
    {
        var parser = new PtxParser(text);
        parser.ReadHeader();
        while (parser._tokens.Current.Kind != PtxTokenKind.End)
        {
            parser.ReadDeclaration();
        }

        return parser._module;
    }

    /// <summary>Reads the version, target and address size that a text begins with, and no more.</summary>
    /// <exception cref="PtxError">It does not begin with them.</exception>
    public static ModuleText ParseHeader(string text)
    {
        var parser = new PtxParser(text);
        parser.ReadHeader();
        return parser._module;
    }

    private void ReadHeader()
    {
        if (!_tokens.TryTakeDotted(".version"))
        {
            throw new PtxError(_tokens.Current.Line, "Missing .version directive at start of file");
        }

        _module.Version = _tokens.Current.Text.Split('.') is [var major, [_] minor] && int.TryParse(major + minor, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? (_tokens.Take(), version).version
            : throw _tokens.Fail();
        _module.TargetLine = _tokens.Current.Line;
        if (!_tokens.TryTakeDotted(".target"))
        {
            throw new PtxError(_tokens.Current.Line, "Missing .target directive at start of file");
        }

        var target = _tokens.ExpectWord();
        _module.Target = target.StartsWith("sm_", StringComparison.Ordinal) && int.TryParse(target.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var capability)
            ? capability
            : throw new PtxError(_module.TargetLine, $"Unknown .target '{target}'");
        if (!_tokens.TryTakeDotted(".address_size") || _tokens.ExpectCount() != 64)
        {
            throw new PtxError(_tokens.Current.Line, "Expected .address_size 64");
        }
    }

    private void ReadDeclaration()
    {
        if (_tokens.TryTakeDotted(".extern"))
        {
            ReadShared(_module.Shared, isExternal: true);
        }
        else if (_tokens.Current.IsDotted(".shared"))
        {
            ReadShared(_module.Shared, isExternal: false);
        }
        else
        {
            _tokens.TryTakeDotted(".visible");
            if (!_tokens.TryTakeDotted(".entry"))
            {
                throw _tokens.Fail();
            }

            ReadKernel();
        }
    }

    private void ReadKernel()
    {
        var kernel = new KernelText(_tokens.Current.Line, _tokens.ExpectWord());
        _module.Kernels.Add(kernel);
        if (_tokens.TryTake('(') && !_tokens.TryTake(')'))
        {
            do
            {
                if (!_tokens.TryTakeDotted(".param"))
                {
                    throw _tokens.Fail();
                }

                kernel.Parameters.Add(ReadVariable(isExternal: false));
            }
            while (_tokens.TryTake(','));
            _tokens.Expect(')');
        }

        ReadTuning(kernel);
        _tokens.Expect('{');
        while (!_tokens.TryTake('}'))
        {
            if (_tokens.Current.IsDotted(".reg"))
            {
                ReadRegisters(kernel);
            }
            else if (_tokens.Current.IsDotted(".shared"))
            {
                ReadShared(kernel.Shared, isExternal: false);
            }
            else
            {
                _statements.Read(kernel);
            }
        }
    }

    private void ReadTuning(KernelText kernel)
    {
        while (_tokens.Current.Kind == PtxTokenKind.Dotted)
        {
            var directive = _tokens.Take();
            List<int> counts = [_tokens.ExpectCount()];
            while (_tokens.TryTake(','))
            {
                counts.Add(_tokens.ExpectCount());
            }

            switch (directive.Text)
            {
                case ".maxntid" when counts.Count <= 3:
                    kernel.MostThreads = counts.Aggregate(1, static (product, count) => product * count);
                    break;
                case ".reqntid" when counts.Count <= 3:
                    kernel.RequiredThreads = counts;
                    break;
                case ".minnctapersm" or ".maxnreg" when counts.Count == 1:
                    break;
                default:
                    throw new PtxError(directive.Line, $"Parsing error near '{directive.Text}': syntax error");
            }
        }
    }

    private void ReadRegisters(KernelText kernel)
    {
        _tokens.Take();
        var type = _tokens.ExpectType();
        if (type.Bits == 8)
        {
            throw new PtxError(_tokens.Current.Line, $"Type '{type}' is not allowed for registers");
        }

        do
        {
            var (line, name) = (_tokens.Current.Line, _tokens.ExpectWord());
            if (_tokens.TryTake('<'))
            {
                kernel.Registers.AddRange(Enumerable.Range(0, _tokens.ExpectCount()).Select(index => (line, $"{name}{index}", type)));
                _tokens.Expect('>');
            }
            else
            {
                kernel.Registers.Add((line, name, type));
            }
        }
        while (_tokens.TryTake(','));
        _tokens.Expect(';');
    }

    private void ReadShared(List<Variable> shared, bool isExternal)
    {
        if (!_tokens.TryTakeDotted(".shared"))
        {
            throw _tokens.Fail();
        }

        shared.Add(ReadVariable(isExternal));
        _tokens.Expect(';');
    }

    private Variable ReadVariable(bool isExternal)
    {
        int? alignment = _tokens.TryTakeDotted(".align") ? _tokens.ExpectCount() : null;
        var type = _tokens.ExpectType();
        if (_tokens.TryTakeDotted(".ptr"))
        {
            // What the address points to: for the compiler's use.
            _ = _tokens.TryTakeDotted(".global") || _tokens.TryTakeDotted(".shared");
            _ = _tokens.TryTakeDotted(".align") ? _tokens.ExpectCount() : 0;
        }

        var (line, name) = (_tokens.Current.Line, _tokens.ExpectWord());
        var count = 1;
        if (_tokens.TryTake('['))
        {
            count = isExternal ? 0 : _tokens.ExpectCount();
            _tokens.Expect(']');
        }

        return new Variable(line, name, checked(count * type.ByteSize), alignment ?? type.ByteSize);
    }
}
